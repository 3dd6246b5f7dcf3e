/** A benchmark on a terminal: ratios to the wire with their intervals, then judgements. */
import type { BenchCell, BenchComparison, BenchResult, BenchTarget, MtuPass } from '../result/bench.js';
import type { BenchDifference, DifferenceCell } from '../result/bench-difference.js';
import { type MetricName, metrics } from '../result/bench-metrics.js';
import {
  benchNote,
  formatEffectRange,
  formatMetric,
  formatToWire,
  tallyText,
  verdictText,
  whereText,
} from './bench-text.js';
import { paint, printable, type Style, type Tone } from './style.js';
import { type Column, renderTable, type TableCell } from './table.js';
import { count, formatDuration, wrap } from './text.js';

export function renderBench(result: BenchResult, style: Style): string {
  const places = [...new Set(result.cells.filter(({ target }) => target !== 'wire').map(placeOf))];
  const blocks = [
    ...headOf(result, style),
    ...places.flatMap((place) => tableBlock(result, place, style)),
    ...(result.comparisons.length === 0 ? [] : judgementBlock(result.comparisons, style)),
    ...endOf(result, style),
  ];
  return `${blocks.join('\n')}\n`;
}

const placeOf = ({ pair, pass }: Pick<BenchCell, 'pair' | 'pass'>): string => `${pair}|${pass}`;

function headOf(result: BenchResult, style: Style): readonly string[] {
  const { rounds, seed, measuringMs, environment, machine } = result;
  const facts = [
    `${count(rounds, 'round')} in ${formatDuration(measuringMs)}`,
    `seed ${seed}`,
    `Linux ${environment.kernel}, ${count(environment.cores, 'processor')}${machine.processor === '' ? '' : ` (${printable(machine.processor)})`}`,
  ];
  return [paint(style, 'quiet', facts.join(', ')), ''];
}

const passTitle: Readonly<Record<MtuPass, string>> = { native: 'each at its own MTU', equal: 'all at one MTU' };

function tableBlock(result: BenchResult, place: string, style: Style): readonly string[] {
  const here = result.cells.filter((cell) => cell.target !== 'wire' && placeOf(cell) === place);
  const [pair = '', pass = 'native'] = place.split('|') as [string?, MtuPass?];
  const { targets } = result;
  const shown = targets.filter(({ name, role }) => role !== 'wire' && here.some(({ target }) => target === name));
  const names = [...new Set(here.map(({ metric }) => metric))];
  const columns: readonly Column[] = [
    { header: 'to the wire' },
    { header: 'wire' },
    ...shown.map(({ name }) => ({ header: printable(name), flexible: true })),
  ];
  const mtu = ['MTU', ...[targets[0], ...shown].map((target) => mtuOf(target, pass, result))];
  const rows = names.map((metric) => rowOf(metric, result, here, shown, pass));
  return [
    paint(style, 'strong', `${printable(pair)}, ${passTitle[pass]}`),
    renderTable(columns, [mtu, ...rows], style),
    paint(style, 'quiet', benchNote),
    '',
  ];
}

function mtuOf(target: BenchTarget | undefined, pass: MtuPass, { cells }: BenchResult): string {
  const cell = cells.find((one) => one.target === target?.name && one.pass === pass);
  return cell === undefined ? '' : String(cell.mtuBytes);
}

function rowOf(
  metric: MetricName,
  { cells }: BenchResult,
  here: readonly BenchCell[],
  shown: readonly BenchTarget[],
  pass: MtuPass,
): readonly TableCell[] {
  const index = here[0]?.pairIndex;
  const wire = cells.find(
    (cell) => cell.target === 'wire' && cell.pass === pass && cell.metric === metric && cell.pairIndex === index,
  );
  return [
    metrics[metric].title,
    wire?.median === undefined || wire.median === null ? notMeasured : formatMetric(metric, wire.median),
    ...shown.map(({ name }) => ratioCell(here.find((cell) => cell.target === name && cell.metric === metric))),
  ];
}

const notMeasured: TableCell = { text: 'not measured', tone: 'warn' };

function ratioCell(cell: BenchCell | undefined): TableCell {
  if (cell?.toWire === undefined || cell.toWire === null)
    return cell?.problem === undefined ? notMeasured : { text: `not measured: ${cell.problem}`, tone: 'warn' };
  return formatToWire(cell.metric, cell.toWire.median, cell.toWire.interval);
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
    ...(failure === undefined ? [] : [paint(style, 'bad', printable(failure.message)), ...remedyOf(failure.remedy)]),
    ...left.map((line) => paint(style, 'bad', printable(line))),
    ...(complete ? [] : [paint(style, 'warn', 'cut short: figures are of the rounds that were whole')]),
  ];
  return lines;
}

const remedyOf = (remedy: string | undefined): readonly string[] =>
  remedy === undefined ? [] : [`What to do: ${printable(remedy)}`];

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
