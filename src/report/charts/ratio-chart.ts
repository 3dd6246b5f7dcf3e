/** Ratios to the wire with their intervals: a row for each network, a dot for the median, a bar for the interval. */
import type { BenchCell, BenchResult } from '../../result/bench.js';
import { type MetricName, metrics } from '../../result/bench-metrics.js';
import { formatMetric, formatToWire } from '../bench-text.js';
import { horizontalAxis, seriesClass } from './axes.js';
import { linearScale } from './d3.js';
import { element, picture, type Svg, tooltip } from './svg.js';

const width = 760;
const left = 250;
const right = 660;
const rowHeight = 26;
const top = 14;
const below = 50;

interface Row {
  readonly label: string;
  readonly cell: BenchCell;
  readonly series: number;
}

/** @returns undefined where none of the metrics was measured */
export function ratioChart(result: BenchResult, wanted: readonly MetricName[]): string | undefined {
  const rows = wanted.flatMap((metric) => rowsOf(result, metric));
  if (rows.length === 0) return undefined;
  const bottom = top + rows.length * rowHeight;
  const area = { left, right, top, bottom };
  const most = Math.max(1, ...rows.map(({ cell }) => cell.toWire?.interval.high ?? 0));
  const scale = linearScale([0, most], [left, right]);
  const axis = { area, scale, ticks: 6, format: (value: number) => `${Number(value.toFixed(2))} ×`, title: 'wire = 1' };
  const wire = element('line', { class: 'reference', x1: scale.place(1), x2: scale.place(1), y1: top, y2: bottom });
  const titles = wanted.map((metric) => metrics[metric].title).join(', ');
  return picture(width, bottom + below, `${titles}: ratios to the wire with 95 % intervals`, [
    ...horizontalAxis(axis),
    wire,
    ...rows.map((row, index) => rowOf(row, top + (index + 0.5) * rowHeight, scale.place, wanted.length > 1)),
  ]);
}

function rowsOf({ cells, targets }: BenchResult, metric: MetricName): readonly Row[] {
  const own = cells.filter((cell) => cell.metric === metric && cell.target !== 'wire' && cell.toWire !== null);
  const pairs = new Set(own.map(({ pair }) => pair)).size;
  return own.map((cell) => ({
    label: [
      cell.target,
      ...(pairs > 1 ? [cell.pair] : []),
      ...(cell.pass === 'equal' ? [`MTU ${cell.mtuBytes}`] : []),
    ].join(', '),
    cell,
    series: targets.findIndex(({ name }) => name === cell.target),
  }));
}

function rowOf({ label, cell, series }: Row, y: number, place: (value: number) => number, named: boolean): Svg {
  const { toWire, metric, median } = cell;
  if (toWire === null) return element('g', {});
  const { low, high } = toWire.interval;
  const text = formatToWire(metric, toWire.median, toWire.interval);
  const what = named ? `${label}, ${shortTitle(metric)}` : label;
  return element(
    'g',
    { class: seriesClass(series) },
    tooltip(`${what}: ${text} of the wire's; ${median === null ? '' : formatMetric(metric, median)} here`),
    element('text', { class: 'label', x: left - 10, y: y + 4, 'text-anchor': 'end' }, what),
    element('line', { class: 'interval', x1: place(low), x2: Math.max(place(high), place(low) + 1), y1: y, y2: y }),
    element('circle', { class: 'median', cx: place(toWire.median), cy: y, r: 4.5 }),
    element('text', { class: 'tick', x: right + 10, y: y + 4 }, text.replace(/ \(.*/u, ' ×')),
  );
}

/** `TCP goodput, 8 streams` as `8 streams`. */
const shortTitle = (metric: MetricName): string => metrics[metric].title.split(', ').at(-1) ?? '';
