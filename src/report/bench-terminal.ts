/** A benchmark on a terminal: ratios to the wire with their intervals, then judgements. */
import type { BenchComparison, BenchResult } from '../result/bench.js';
import type { BenchDifference, DifferenceCell } from '../result/bench-difference.js';
import { metrics } from '../result/bench-metrics.js';
import { type FigureTable, figureTables } from './bench-figures.js';
import { benchNote, formatEffectRange, tallyText, verdictText, whereText } from './bench-text.js';
import { asCalled } from './command-name.js';
import { paint, printable, type Style, type Tone } from './style.js';
import { type Column, renderTable, type TableCell } from './table.js';
import { count, formatDuration, wrap } from './text.js';

export function renderBench(result: BenchResult, style: Style): string {
  // Stopped before the first round was whole.
  const isEmpty = !result.complete && result.rounds === 0;
  const blocks = [
    ...headOf(result, style),
    ...(isEmpty ? [] : figureTables(result).flatMap((table) => tableBlock(table, style))),
    ...(isEmpty || result.comparisons.length === 0 ? [] : judgementBlock(result.comparisons, style)),
    ...endOf(result, style),
  ];
  return `${blocks.join('\n')}\n`;
}

function headOf(result: BenchResult, style: Style): readonly string[] {
  const { rounds, seed, measuringMs, environment, machine } = result;
  const facts = [
    `${count(rounds, 'round')} in ${formatDuration(measuringMs)}`,
    `seed ${seed}`,
    `Linux ${environment.kernel}, ${count(environment.cores, 'processor')}${machine.processor === '' ? '' : ` (${printable(machine.processor)})`}`,
  ];
  return [paint(style, 'quiet', facts.join(', ')), ''];
}

function tableBlock({ title, header, rows }: FigureTable, style: Style): readonly string[] {
  const columns = header.map((name, index) => ({ header: printable(name), flexible: index > 1 }));
  return [
    paint(style, 'strong', printable(title)),
    renderTable(columns, rows, style),
    paint(style, 'quiet', benchNote),
    '',
  ];
}

const tones: Readonly<Record<BenchComparison['verdict'], Tone>> = {
  better: 'good',
  worse: 'bad',
  same: 'quiet',
  inconclusive: 'warn',
};

type Judged = BenchComparison | DifferenceCell;

function judgementBlock(comparisons: readonly BenchComparison[], style: Style): readonly string[] {
  const [{ against }] = comparisons as readonly [BenchComparison];
  return [
    paint(style, 'strong', `against ${printable(against)}`),
    renderTable(judgedColumns, comparisons.map(judgedRow), style),
    paint(style, 'quiet', benchNote),
    '',
  ];
}

const judgedColumns: readonly Column[] = [
  { header: 'network' },
  { header: 'where' },
  { header: 'what', flexible: true },
  { header: 'differs by' },
  { header: 'verdict', flexible: true },
];

function judgedRow(one: Judged): readonly TableCell[] {
  const { metric, verdict, effect, interval } = one;
  return [
    one.target,
    whereText(one),
    metrics[metric].title,
    formatEffectRange(metric, effect, interval),
    { text: verdictText(one), tone: tones[verdict] },
  ];
}

function endOf({ noise, failure, leaks, complete }: BenchResult, style: Style): readonly string[] {
  const left = Object.entries(leaks).flatMap(([name, proof]) =>
    [...proof.leftovers, ...proof.machineChanges].map((what) => `left of ${name}: ${what}`),
  );
  const lines = [
    ...noise.reasons.map((reason) => paint(style, 'warn', `noisy machine: ${reason}`)),
    ...(failure === undefined
      ? []
      : [paint(style, 'bad', printable(failure.message)), ...remedyOf(failure.remedy, style)]),
    ...left.map((line) => paint(style, 'bad', printable(line))),
    ...(complete ? [] : [paint(style, 'warn', 'cut short: figures are of the rounds that were whole')]),
  ];
  return lines;
}

const remedyOf = (remedy: string | undefined, { command }: Style): readonly string[] =>
  remedy === undefined ? [] : [`What to do: ${printable(asCalled(remedy, command))}`];

/** What `netlab gate` and `netlab diff` print. */
export function renderDifference(difference: BenchDifference, style: Style): string {
  const { before, after, caveats, cells } = difference;
  const blocks = [
    ...wrap(
      `ratios to the wire: ${before.startedAt} (${count(before.rounds, 'round')}) and ${after.startedAt} (${count(after.rounds, 'round')})`,
      style.width,
    ),
    ...caveats.map((caveat) => paint(style, 'warn', `not alike: ${printable(caveat)}`)),
    '',
    renderTable(judgedColumns, cells.map(judgedRow), style),
    paint(style, 'quiet', benchNote),
    '',
    tallyText(cells),
  ];
  return `${blocks.join('\n')}\n`;
}
