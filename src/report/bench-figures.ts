/** Every figure of a benchmark in tables: one for each pair of hosts and pass, a row for each metric, a column for each network. */
import type { BenchCell, BenchResult, BenchTarget, MtuPass } from '../result/bench.js';
import { type MetricName, metrics } from '../result/bench-metrics.js';
import { formatMetric, formatToWire } from './bench-text.js';
import type { TableCell } from './table.js';

export interface FigureTable {
  /** `h1 -> h2, each at its own MTU` */
  readonly title: string;
  /** The first column is what is measured, the second the bare cable. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

export function figureTables(result: BenchResult): readonly FigureTable[] {
  const places = [...new Set(result.cells.filter(({ target }) => target !== 'wire').map(placeOf))];
  return places.map((place) => tableOf(result, place));
}

const placeOf = ({ pair, pass }: Pick<BenchCell, 'pair' | 'pass'>): string => `${pair}|${pass}`;

const passTitle: Readonly<Record<MtuPass, string>> = { native: 'each at its own MTU', equal: 'all at one MTU' };

function tableOf(result: BenchResult, place: string): FigureTable {
  const here = result.cells.filter((cell) => cell.target !== 'wire' && placeOf(cell) === place);
  const [pair = '', pass = 'native'] = place.split('|') as [string?, MtuPass?];
  const { targets } = result;
  const shown = targets.filter(({ name, role }) => role !== 'wire' && here.some(({ target }) => target === name));
  const names = [...new Set(here.map(({ metric }) => metric))];
  const mtu = ['MTU', ...[targets[0], ...shown].map((target) => mtuOf(target, pass, result))];
  return {
    title: `${pair}, ${passTitle[pass]}`,
    header: ['to the wire', 'wire', ...shown.map(({ name }) => name)],
    rows: [mtu, ...names.map((metric) => rowOf(metric, result, here, shown, pass))],
  };
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
