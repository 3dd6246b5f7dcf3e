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

/** What could not be told, the same reason once for all runs that it concerns. */
function unverifiedBlock(runs: readonly ComparedRun[], style: Style): Block {
  const places = new Map<string, string[]>();
  for (const { name, result } of runs)
    for (const { promise, checks } of result.promises)
      for (const { verdict, summary, reason = summary, remedy } of checks.filter(isUntold)) {
        const text = [`${promise}: ${verdict}: ${reason}`, remedy ?? ''].join('\n');
        places.set(text, [...(places.get(text) ?? []), name]);
      }
  const lines = [...places].flatMap(([text, names]) => {
    const [what = '', remedy = ''] = text.split('\n');
    return [
      ...hang(`  ${marks(style).unknown} `, `${what} (${names.join(', ')})`, style.width),
      ...(remedy === '' ? [] : hang(`    ${marks(style).arrow} `, asCalled(remedy, style.command), style.width)),
    ];
  });
  return lines.length === 0 ? [] : [paint(style, 'strong', 'Unverified'), ...lines];
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
  return [
    ...hang(`${mark} `, comparisonHeadline(comparison), style.width).map((line) => paint(style, tone, line)),
    ...hang('  ', `exit ${exitCode}: ${exitSentence(exitCode, resultsOf(comparison))}`, style.width),
  ];
}

/** A comparison as text, ending in a newline. */
export function renderComparison(comparison: Comparison, style: Style): string {
  const safe = printableDeep(comparison);
  const { runs } = safe;
  const blocks: readonly Block[] = [
    headBlock(safe, style),
    ...(runs.length === 0
      ? []
      : [...matrixBlocks(runs, style), ...numbersBlocks(runs, style), needsBlock(runs, style)]),
    ...runs.flatMap(({ name, result }) => brokenBlocks(result.promises, style, name)),
    unbuiltBlock(runs, style),
    unverifiedBlock(runs, style),
    leaksOfAll(runs, style),
    verdictBlock(safe, style),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}
