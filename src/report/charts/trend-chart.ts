/** A metric over the history of benchmarks: medians against the wire with their intervals. */
import type { HistoryEntry } from '../../result/bench-history.js';
import { type MetricName, metrics } from '../../result/bench-metrics.js';
import { formatToWire } from '../bench-text.js';
import { type Area, endLabels, horizontalAxis, seriesClass, verticalAxis } from './axes.js';
import { linePath, linearScale } from './d3.js';
import { element, picture, type Svg, tooltip } from './svg.js';

const width = 760;
const height = 300;
const area: Area = { left: 64, right: 620, top: 34, bottom: 244 };

interface Point {
  readonly x: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly entry: HistoryEntry;
}

export interface Trend {
  readonly metric: MetricName;
  readonly pair: string;
  readonly pass: 'native' | 'equal';
}

/** Every metric and place of the history, in the order in which they are told. */
export function trendsOf(entries: readonly HistoryEntry[]): readonly Trend[] {
  const all = entries.flatMap(({ cells }) => cells.map(({ metric, pair, pass }) => ({ metric, pair, pass })));
  return [...new Map(all.map((trend) => [JSON.stringify(trend), trend])).values()];
}

/** Between two benchmarks there is none. */
const whole = (value: number): string => (Number.isInteger(value) ? `${value}` : '');

export function trendChart(entries: readonly HistoryEntry[], trend: Trend): string {
  const targets = [...new Set(entries.flatMap(({ cells }) => cells.map(({ target }) => target)))];
  const x = linearScale([1, Math.max(2, entries.length)], [area.left, area.right]);
  const series = targets.map((target, index) => ({
    target,
    className: seriesClass(index + 1),
    points: pointsOf(entries, trend, target),
  }));
  const values = series.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const y = linearScale([Math.min(0, ...values), Math.max(0, ...values)], [area.bottom, area.top]);
  const place = ({ x: number, median }: Point) => [x.place(number), y.place(median)] as const;
  const unit = metrics[trend.metric].scale === 'relative' ? ' ×' : '';
  return picture(width, height, `${metrics[trend.metric].title} over ${entries.length} benchmarks`, [
    ...horizontalAxis({
      area,
      scale: x,
      ticks: Math.min(10, entries.length),
      format: whole,
      title: 'benchmark, oldest first',
    }),
    ...verticalAxis({
      area,
      scale: y,
      ticks: 5,
      format: (value) => `${Number(value.toPrecision(3))}${unit}`,
      title: 'to the wire',
    }),
    ...series.flatMap(({ target, className, points }) => [
      element('path', { class: `line ${className}`, d: linePath(points.map(place)), fill: 'none' }),
      ...points.map((point) => mark(target, point, place(point), y.place, className, trend.metric)),
    ]),
    ...endLabels(
      series.flatMap(({ target, className, points }) => {
        const last = points.at(-1);
        return last === undefined ? [] : [{ text: target, x: area.right + 10, y: place(last)[1], className }];
      }),
    ),
  ]);
}

function pointsOf(entries: readonly HistoryEntry[], trend: Trend, target: string): readonly Point[] {
  return entries.flatMap((entry, index) => {
    const cell = entry.cells.find(
      (one) =>
        one.target === target && one.metric === trend.metric && one.pair === trend.pair && one.pass === trend.pass,
    );
    return cell === undefined ? [] : [{ x: index + 1, median: cell.median, low: cell.low, high: cell.high, entry }];
  });
}

/** A noisy machine's points are hollow. */
function mark(
  target: string,
  { median, low, high, entry }: Point,
  [x, y]: readonly [number, number],
  place: (value: number) => number,
  className: string,
  metric: MetricName,
): Svg {
  const { startedAt, netlabVersion, noisy } = entry;
  const words = `${target}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, netlab ${netlabVersion}: ${formatToWire(metric, median, { low, high })}${noisy ? '; noisy machine' : ''}`;
  return element(
    'g',
    { class: className },
    tooltip(words),
    element('line', { class: 'interval thin', x1: x, x2: x, y1: place(low), y2: place(high) }),
    element('circle', { class: noisy ? 'median noisy' : 'median', cx: x, cy: y, r: 3.5 }),
  );
}
