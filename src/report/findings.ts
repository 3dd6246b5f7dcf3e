/** What stands below the matrix: why a promise is broken, what could not be verified, how the lab drifted. */
import { quotedSources } from '../declaration/sources.js';
import type { CheckResult, Evidence, PromiseResult, RunResult } from '../result/result.js';
import { isUntold } from '../result/verdict.js';
import { asCalled } from './command-name.js';
import { marks, paint } from './style.js';
import type { Style } from './style.js';
import { hang } from './text.js';

/** A block of a report: its lines, painted. */
export type Block = readonly string[];

/** More pieces of evidence than these are counted, not shown; the stored result has them all. */
const shownEvidence = 5;

function evidenceLines({ message, where, expected, seen }: Evidence, style: Style): string[] {
  const details = { expected, seen, where };
  const rows = Object.entries(details).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]));
  return [
    ...hang('  ', message, style.width),
    ...rows.flatMap(({ name, text }) => {
      const lead = `    ${name.padEnd(10)}`;
      const [first = '', ...rest] = hang(lead, text, style.width);
      return [paint(style, 'quiet', lead) + first.slice(lead.length), ...rest];
    }),
  ];
}

/** The matrix has no room for all that was measured, and nothing of a failure may be missing. */
function measuredLines({ summary, coverage }: CheckResult, style: Style): readonly string[] {
  return hang('  measured: ', coverage === undefined ? summary : `${summary} (${coverage})`, style.width);
}

function failedCheck(check: CheckResult, style: Style): string[] {
  const { evidence } = check;
  const hidden = evidence.length - shownEvidence;
  const more = hidden > 0 ? [paint(style, 'quiet', `  and ${hidden} more like these: see --json`)] : [];
  const shown = evidence.slice(0, shownEvidence).flatMap((one) => evidenceLines(one, style));
  return [...measuredLines(check, style), ...shown, ...more];
}

/**
 * One block for each broken promise: what was sent, expected, seen, and where.
 * @param run name of the run where there are several
 */
export function brokenBlocks(promises: readonly PromiseResult[], style: Style, run?: string): readonly Block[] {
  const broken = promises.filter(({ cell }) => cell === 'BROKEN');
  return broken.map(({ promise, why, checks }) => [
    paint(style, 'bad', `${marks(style).bad} ${run === undefined ? '' : `${run}: `}${promise} is BROKEN`),
    ...hang('  promised: ', why, style.width).map((line) => paint(style, 'quiet', line)),
    ...checks.filter(({ verdict }) => verdict === 'fail').flatMap((check) => failedCheck(check, style)),
  ]);
}

interface Untold {
  readonly promises: string[];
  readonly check: CheckResult;
}

/** Promises that could not be told for the same reason, such as all that a run was stopped before: it is said once. */
function byReason(promises: readonly PromiseResult[]): readonly Untold[] {
  const groups = new Map<string, Untold>();
  for (const { promise, checks } of promises)
    for (const check of checks.filter(isUntold)) {
      const { verdict, summary, reason = summary, remedy = '', evidence } = check;
      const key = evidence.length > 0 ? String(groups.size) : JSON.stringify([verdict, reason, remedy]);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { promises: [promise], check });
      else known.promises.push(promise);
    }
  return [...groups.values()];
}

function untoldLines({ promises, check }: Untold, style: Style): string[] {
  const { verdict, summary, reason = summary, remedy, evidence } = check;
  const tone = verdict === 'error' ? 'bad' : 'warn';
  const mark = verdict === 'error' ? marks(style).bad : marks(style).unknown;
  const lead = `${mark} ${[...new Set(promises)].join(', ')}: ${verdict}: `;
  const [first = '', ...rest] = hang('', lead + reason, style.width - 2);
  const title = paint(style, tone, first.slice(0, lead.length)) + first.slice(lead.length);
  return [
    title,
    ...rest.map((line) => `  ${line}`),
    ...evidence.slice(0, shownEvidence).flatMap((one) => evidenceLines(one, style)),
    ...(remedy === undefined ? [] : hang(`  ${marks(style).arrow} `, asCalled(remedy, style.command), style.width)),
  ];
}

/** What could not be told, why, and what to do about it. Also checks that netlab itself failed in beside a clear verdict. */
export function unverifiedBlock(promises: readonly PromiseResult[], style: Style): Block {
  const lines = byReason(promises).flatMap((one) => untoldLines(one, style));
  return lines.length === 0 ? [] : [paint(style, 'strong', 'Unverified'), ...lines];
}

/** What the strategy says it does not give, and its reason. */
export function absentBlock(promises: readonly PromiseResult[], style: Style): Block {
  const absent = promises.filter(({ declared }) => declared === 'absent');
  if (absent.length === 0) return [];
  const width = Math.max(...absent.map(({ promise }) => promise.length));
  const lines = absent.flatMap(({ promise, why }) => hang(`  ${promise.padEnd(width)}  `, why, style.width));
  const notes = quotedSources(absent.map(({ why }) => why)).flatMap(([name, { citation }]) =>
    hang('    ', `${name}: ${citation}`, style.width),
  );
  return [
    paint(style, 'strong', 'Not promised, and why'),
    ...[...lines, ...notes].map((line) => paint(style, 'quiet', line)),
  ];
}

/** How the lab differed from its plan. */
export function driftBlock({ drift }: RunResult, style: Style): Block {
  if (drift.length === 0) return [];
  const title = 'The lab differs from its plan';
  const note = ' (evidence, no verdict of its own)';
  const lines = drift.flatMap((line) => hang('  ', line, style.width));
  return [paint(style, 'strong', title) + paint(style, 'quiet', note), ...lines];
}
