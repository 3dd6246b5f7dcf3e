/** A comparison for people, on a terminal. */
import type { ComparedRun, Comparison } from '../result/comparison.js';
import { exitCodes, isClean } from '../result/exit-code.js';
import { exitSentence } from '../result/exit-sentence.js';
import { isUntold } from '../result/verdict.js';
import { asCalled } from './command-name.js';
import { allCircumstances, comparisonFacts } from './comparison-facts.js';
import { comparisonHeadline } from './comparison-headline.js';
import { obstaclesOf } from './comparison-model.js';
import { matrixBlocks, needsBlock, numbersBlocks } from './comparison-tables.js';
import { leaksBlock } from './conclusion.js';
import { type Block, brokenBlocks } from './findings.js';
import { partsText, whatIsThere } from './stopped.js';
import { marks, paint, printableDeep, type Style, type Tone } from './style.js';
import { hang } from './text.js';

function headBlock(comparison: Comparison, style: Style): Block {
  const title = paint(style, 'strong', 'comparison') + paint(style, 'quiet', `  netlab ${comparison.netlabVersion}`);
  const text = comparisonFacts(comparison).join(` ${marks(style).dot} `);
  const lines = [text, ...allCircumstances(comparison)].flatMap((line) => hang('', line, style.width));
  return [title, ...lines.map((line) => paint(style, 'quiet', line))];
}

/** Runs without a lab: why, and what to do about it. */
function unbuiltBlock(runs: readonly ComparedRun[], style: Style): Block {
  const lines = runs.flatMap(({ name, result }) =>
    obstaclesOf(result).flatMap(({ why, remedy }) => [
      ...hang(`  ${name}: `, why, style.width),
      ...(remedy === '' ? [] : hang(`    ${marks(style).arrow} `, asCalled(remedy, style.command), style.width)),
    ]),
  );
  return lines.length === 0 ? [] : [paint(style, 'strong', 'Not built'), ...lines];
}

/** What could not be told, the same reason once for all runs and promises that it concerns. */
function unverifiedBlock(runs: readonly ComparedRun[], style: Style): Block {
  const untold = runs.flatMap(({ name, result }) =>
    result.promises.flatMap(({ promise, checks }) =>
      checks.filter(isUntold).map(({ verdict, summary, reason = summary, remedy = '' }) => ({
        name,
        promise,
        why: JSON.stringify([`${verdict}: ${reason}`, remedy]),
      })),
    ),
  );
  const ofPromises = grouped(untold, ({ promise, why }) => JSON.stringify([promise, why])).map((group) => ({
    ...group[0],
    names: group.map(({ name }) => name).join(', '),
  }));
  const lines = grouped(ofPromises, ({ why, names }) => JSON.stringify([why, names])).flatMap((group) => {
    const [{ why, names }] = group;
    const [what = '', remedy = ''] = JSON.parse(why) as readonly string[];
    const promises = group.map(({ promise }) => promise).join(', ');
    return [
      ...hang(`  ${marks(style).unknown} `, `${promises}: ${what} (${names})`, style.width),
      ...(remedy === '' ? [] : hang(`    ${marks(style).arrow} `, asCalled(remedy, style.command), style.width)),
    ];
  });
  return lines.length === 0 ? [] : [paint(style, 'strong', 'Unverified'), ...lines];
}

type Group<T> = readonly [T, ...T[]];

/** In the order in which each group is met first. */
function grouped<T>(all: readonly T[], keyOf: (one: T) => string): readonly Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const found = groups.get(keyOf(one));
    if (found === undefined) groups.set(keyOf(one), [one]);
    else found.push(one);
  }
  return [...groups.values()];
}

/** The proof for all labs at once; those that are not clean are told of one by one. */
function leaksOfAll(runs: readonly ComparedRun[], style: Style): Block {
  const proven = runs.filter(({ result }) => result.leaks !== null);
  const dirty = proven.filter(({ result: { leaks } }) => leaks !== null && !isClean(leaks));
  const [first] = proven;
  if (first === undefined) return [];
  if (dirty.length === 0) return leaksBlock(first.result, style);
  return dirty.flatMap(({ name, result }) => [paint(style, 'bad', name), ...leaksBlock(result, style)]);
}

function toneOf({ exitCode, runs }: Comparison): Tone {
  const untold = runs.some(({ result }) => result.promises.some((one) => one.cell === 'unverified'));
  if (exitCode === exitCodes.kept) return untold ? 'warn' : 'good';
  return exitCode === exitCodes.inconclusive || exitCode === exitCodes.interrupted ? 'warn' : 'bad';
}

const resultsOf = ({ runs }: Comparison) => runs.map(({ result }) => result);

function verdictBlock(comparison: Comparison, style: Style): Block {
  const { good, bad, unknown } = marks(style);
  const tone = toneOf(comparison);
  const mark = { good, bad, warn: unknown, quiet: unknown, strong: unknown }[tone];
  const { exitCode } = comparison;
  const parts = exitCode === exitCodes.interrupted ? partsText(comparison) : '';
  return [
    ...hang(`${mark} `, comparisonHeadline(comparison), style.width).map((line) => paint(style, tone, line)),
    ...(parts === '' ? [] : hang('  ', `in part: ${parts}`, style.width)),
    ...hang('  ', `exit ${exitCode}: ${exitSentence(exitCode, resultsOf(comparison))}`, style.width),
  ];
}

/** A comparison as text, ending in a newline. */
export function renderComparison(comparison: Comparison, style: Style): string {
  const safe = printableDeep(comparison);
  const { runs } = whatIsThere(safe);
  const blocks: readonly Block[] = [
    headBlock(safe, style),
    ...(runs.length === 0
      ? []
      : [...matrixBlocks(runs, style), ...numbersBlocks(runs, style), needsBlock(runs, style)]),
    ...runs.flatMap(({ name, result }) => brokenBlocks(result.promises, style, name)),
    unbuiltBlock(runs, style),
    unverifiedBlock(runs, style),
    leaksOfAll(safe.runs, style),
    verdictBlock(safe, style),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}
