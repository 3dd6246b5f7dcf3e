/** Ratios to the wire with their intervals: a row for each network, a dot for the median, a bar for the interval. */
import type { BenchCell, BenchResult } from '../../result/bench.js';
import { type MetricName, metrics } from '../../result/bench-metrics.js';
import { formatMetric, formatToWire } from '../bench-text.js';
import { horizontalAxis, seriesClass } from './axes.js';
import { linearScale, logScale, type Scale } from './d3.js';
import { element, picture, type Svg, tooltip } from './svg.js';

/** Left of the axis the labels, right of it the medians. A label longer than usual makes the picture wider: none is cut off. */
const usual = { left: 250, right: 660 } as const;
const leastAxisWidth = 320;
const medianWidth = 100;
const gap = 10;
/** About what a character of a label takes, in the 12 px of the chart's style. */
const characterWidth = 6.7;
const rowHeight = 26;
const top = 14;
const below = 50;

interface Row {
  readonly label: string;
  readonly cell: BenchCell;
  readonly series: number;
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** Where the largest ratio is more than so many times the smallest, a linear axis would show only the largest. */
const LINEAR_RANGE = 10;

/** @returns undefined where none of the metrics was measured */
export function ratioChart(result: BenchResult, wanted: readonly MetricName[]): string | undefined {
  const rows = wanted.flatMap((metric) => rowsOf(result, metric));
  if (rows.length === 0) return undefined;
  const labels = rows.map(({ label, cell }) => (wanted.length > 1 ? `${label}, ${shortTitle(cell.metric)}` : label));
  const area = { ...columnsFor(labels), top, bottom: top + rows.length * rowHeight };
  const { scale, title } = scaleOf(rows, [area.left, area.right]);
  const axis = { area, scale, ticks: 6, format: (value: number) => String(Number(value.toPrecision(2))), title };
  const titles = wanted.map((metric) => metrics[metric].title).join(', ');
  return picture(area.right + medianWidth, area.bottom + below, `${titles}: ratios to the wire with 95 % intervals`, [
    ...horizontalAxis(axis),
    wireLine(scale.place(1), area.bottom),
    ...rows.map((row, index) =>
      rowOf(row, labels[index] ?? '', { ...area, y: top + (index + 0.5) * rowHeight }, scale.place),
    ),
  ]);
}

const wireLine = (x: number, bottom: number): Svg =>
  element('line', { class: 'reference', x1: x, x2: x, y1: top, y2: bottom });

function columnsFor(labels: readonly string[]): { left: number; right: number } {
  const longest = Math.ceil(characterWidth * Math.max(...labels.map((label) => label.length)));
  const left = Math.max(usual.left, longest + 2 * gap);
  return { left, right: Math.max(usual.right, left + leastAxisWidth) };
}

function scaleOf(rows: readonly Row[], range: readonly [number, number]): { scale: Scale; title: string } {
  const values = rows.flatMap(({ cell: { toWire } }) =>
    toWire === null ? [] : [toWire.interval.low, toWire.median, toWire.interval.high],
  );
  const [least, most] = [Math.min(1, ...values), Math.max(1, ...values)];
  const medians = [1, ...rows.flatMap(({ cell }) => cell.toWire?.median ?? [])];
  const isWide = Math.max(...medians) > LINEAR_RANGE * Math.min(...medians);
  if (!isWide || least <= 0) return { scale: linearScale([0, most], range), title: 'wire = 1' };
  return { scale: logScale([least / 1.25, most * 1.25], range), title: 'wire = 1, logarithmic' };
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

function rowOf({ cell, series }: Row, label: string, { left, right, y }: Place, place: Scale['place']): Svg {
  const { toWire, metric, median } = cell;
  if (toWire === null) return element('g', {});
  const { low, high } = toWire.interval;
  const text = formatToWire(metric, toWire.median, toWire.interval);
  return element(
    'g',
    { class: seriesClass(series) },
    tooltip(`${label}: ${text} of the wire's; ${median === null ? '' : formatMetric(metric, median)} here`),
    element('text', { class: 'label', x: left - gap, y: y + 4, 'text-anchor': 'end' }, label),
    element('line', { class: 'interval', x1: place(low), x2: Math.max(place(high), place(low) + 1), y1: y, y2: y }),
    element('circle', { class: 'median', cx: place(toWire.median), cy: y, r: 4.5 }),
    element('text', { class: 'tick', x: right + gap, y: y + 4 }, text.replace(/ \(.*/u, ' ×')),
  );
}

/** `TCP goodput, 8 streams` as `8 streams`. */
const shortTitle = (metric: MetricName): string => metrics[metric].title.split(', ').at(-1) ?? '';
