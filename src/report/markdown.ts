/** Markdown for a CI job summary, a merge request or a wiki. */
import type { ComparedRun, Comparison } from '../result/comparison.js';
import { exitSentence } from '../result/exit-sentence.js';
import { isUntold } from '../result/verdict.js';
import { allCircumstances, comparisonFacts } from './comparison-facts.js';
import { comparisonHeadline } from './comparison-headline.js';
import {
  durationOf,
  matrixOf,
  mtuFacts,
  needsParts,
  noNeeds,
  numbersText,
  obstaclesOf,
  phaseMs,
  type ShownCell,
  wasBuilt,
} from './comparison-model.js';
import { markdownTable, markdownText } from './markdown-text.js';
import { measuredText } from './matrix.js';
import { chainText, timerChain } from './protocol-timers.js';
import { checkLines } from './test-cases.js';
import { count, formatDuration } from './text.js';

/** GitHub takes 1 MiB of a step's summary, and rejects all of it when there is more. */
const mostBytes = 1_000_000;

type Section = readonly string[];

const marks: Readonly<Record<ShownCell, string>> = {
  kept: '✔',
  BROKEN: '✖',
  absent: '–',
  extra: '+',
  unverified: '?',
  'not applicable': '∅',
  'not built': '?',
  'not measured': '?',
};

const shownCell = (cell: ShownCell): string =>
  cell === 'BROKEN' ? `**${marks[cell]} ${cell}**` : `${marks[cell]} ${cell}`;

/** The matrix first, details in parts that open; what does not fit is left out, and that is said. Ends with a newline. */
export function renderMarkdown(comparison: Comparison): string {
  const { runs } = comparison;
  const sections: readonly Section[] = [
    head(comparison),
    ...(runs.length === 0 ? [] : [matrix(runs), numbers(runs)]),
    ...runs.flatMap(brokenSections),
    unbuilt(runs),
    unverified(runs),
    folded('What each needs', needs(runs)),
    ...runs.map((run) => folded(`All about ${markdownText(run.name)}`, inFull(run))),
  ];
  return fitted(sections.filter((section) => section.length > 0).map((section) => `${section.join('\n')}\n`));
}

function fitted(sections: readonly string[]): string {
  const kept: string[] = [];
  let left = mostBytes;
  for (const section of sections) {
    const bytes = Buffer.byteLength(section) + 1;
    if (bytes > left) continue;
    left -= bytes;
    kept.push(section);
  }
  const lost = sections.length - kept.length;
  const note = `${count(lost, 'part')} of this report did not fit into 1 MB; the stored JSON has all of it.\n`;
  return [...kept, ...(lost === 0 ? [] : [note])].join('\n');
}

function head(comparison: Comparison): Section {
  const { exitCode, netlabVersion, runs } = comparison;
  const results = runs.map(({ result }) => result);
  const facts = [...comparisonFacts(comparison), `netlab ${netlabVersion}`];
  const mark = exitCode === 0 ? marks.kept : exitCode === 4 || exitCode === 130 ? marks.unverified : marks.BROKEN;
  return [
    `## ${mark} ${markdownText(comparisonHeadline(comparison))}`,
    '',
    `${markdownText(facts.join(' · '))}. Exit code ${exitCode}: ${exitSentence(exitCode, results)}.`,
    ...allCircumstances(comparison).flatMap((line) => ['', markdownText(line)]),
  ];
}

function matrix(runs: readonly ComparedRun[]): Section {
  const rows = matrixOf(runs).map(({ promise, cells }) => [promise, ...cells.map(({ cell }) => shownCell(cell))]);
  if (rows.length === 0) return ['No promise was measured.'];
  return markdownTable(['promise', ...runs.map(({ name }) => markdownText(name))], rows);
}

const shownMs = (durationMs: number | undefined): string =>
  durationMs === undefined ? '–' : formatDuration(durationMs);

function numbers(runs: readonly ComparedRun[]): Section {
  const header = [
    'MTU in bytes',
    'wire',
    'predicted',
    'interfaces',
    'delivered',
    'build',
    'converge',
    'verify',
    'in all',
  ];
  const rows = runs.map(({ name, result }) => {
    const { wireBytes, predictedBytes, interfaceBytes, deliveredBytes } = mtuFacts(result);
    return [
      markdownText(name),
      String(wireBytes ?? '–'),
      String(predictedBytes),
      numbersText(interfaceBytes),
      numbersText(deliveredBytes),
      shownMs(phaseMs(result, 'build')),
      shownMs(phaseMs(result, 'converge')),
      shownMs(phaseMs(result, 'verify')),
      shownMs(wasBuilt(result) ? durationOf(result) : undefined),
    ];
  });
  return markdownTable(header, rows, 'right');
}

/** One for each broken promise, so that what fits is shown. */
function brokenSections({ name, result }: ComparedRun): readonly Section[] {
  const broken = result.promises.filter(({ cell }) => cell === 'BROKEN');
  return broken.map(({ promise, why, checks }) => [
    `### ✖ ${markdownText(name)}: ${promise} is BROKEN`,
    '',
    `- promised: ${markdownText(why)}`,
    ...checks.filter(({ verdict }) => verdict === 'fail').flatMap((check) => checkLines(check).map(listed)),
  ]);
}

/** An indented line belongs to the one above. */
const listed = (line: string): string => `${line.startsWith('  ') ? '  ' : ''}- ${markdownText(line.trim())}`;

function unbuilt(runs: readonly ComparedRun[]): Section {
  const lines = runs.flatMap(({ name, result }) =>
    obstaclesOf(result).map(({ why, remedy }) => {
      const help = remedy === '' ? '' : ` What to do: ${markdownText(remedy)}`;
      return `- ${markdownText(name)}: ${markdownText(why)}.${help}`;
    }),
  );
  return lines.length === 0 ? [] : ['### Not built', '', ...lines];
}

function unverified(runs: readonly ComparedRun[]): Section {
  const lines = runs.flatMap(({ name, result }) =>
    result.promises.flatMap(({ promise, checks }) =>
      checks
        .filter(isUntold)
        .map(({ verdict, summary, reason = summary, remedy = '' }) =>
          listed(`${name}: ${promise}: ${verdict}: ${reason}${remedy === '' ? '' : ` What to do: ${remedy}`}`),
        ),
    ),
  );
  return lines.length === 0 ? [] : folded(`Unverified: ${lines.length}`, lines);
}

function needs(runs: readonly ComparedRun[]): Section {
  return runs.flatMap(({ name, result }) => {
    const { design } = result;
    if (design === undefined) return [];
    const parts = needsParts(design.needs);
    const chain = timerChain(result);
    const timers = chain.length === 0 ? [] : [`protocols may take ${chainText(chain, true)}`];
    return [listed(`${name}: ${[...(parts.length === 0 ? [noNeeds] : parts), ...timers].join('; ')}`)];
  });
}

function inFull({ result }: ComparedRun): Section {
  const rows = result.promises.map((one) => [
    one.promise,
    one.declared,
    shownCell(one.cell),
    markdownText(measuredText(one, true)),
    markdownText(one.why),
  ]);
  if (rows.length === 0) return [];
  const drift = result.drift.map((line) => listed(`differs from the plan: ${line}`));
  return [...markdownTable(['promise', 'declared', 'cell', 'what was measured', 'why'], rows), '', ...drift];
}

/** A part that opens; GitHub and GitLab want an empty line before what is Markdown in it. */
function folded(title: string, lines: Section): Section {
  return lines.length === 0 ? [] : ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>'];
}
