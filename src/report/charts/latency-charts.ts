/** Round-trip times: how they are distributed, and how they go over time while a TCP stream fills the path. */
import type { BenchLatency, BenchResult } from '../../result/bench.js';
import { formatMetric } from '../bench-text.js';
import { type Area, endLabels, horizontalAxis, seriesClass, verticalAxis } from './axes.js';
import { linePath, linearScale, logScale, type Scale } from './d3.js';
import { element, picture, type Svg, tooltip } from './svg.js';

const width = 760;
const height = 320;
const area: Area = { left: 64, right: 620, top: 34, bottom: 264 };
/** What ping tells is no shorter. */
const LEAST_MS = 0.001;

const time = (ms: number): string => formatMetric('rttIdleP50Ms', ms);
/** Round values need no zeros behind the point. */
const tick = (ms: number): string =>
  ms < 1 ? `${Number((ms * 1000).toPrecision(3))} µs` : `${Number(ms.toPrecision(3))} ms`;

/** One line for each network: so many per cent of the round trips were as short as this, or shorter. */
export function latencyDistribution(result: BenchResult, load: BenchLatency['load']): string | undefined {
  const shown = firstOfEach(result, load);
  if (shown.length === 0) return undefined;
  const y = timeScale(shown.flatMap(({ percentilesMs }) => percentilesMs));
  const x = linearScale([0, 100], [area.left, area.right]);
  const series = shown.map((one) => ({
    one,
    points: one.percentilesMs.map((ms, percent) => [x.place(percent), y.place(Math.max(ms, LEAST_MS))] as const),
  }));
  return picture(width, height, `Round-trip times, ${load}: distribution`, [
    ...horizontalAxis({ area, scale: x, ticks: 5, format: (percent) => `${percent} %`, title: 'of the round trips' }),
    ...verticalAxis({ area, scale: y, ticks: 8, format: tick, title: 'took at most' }),
    ...series.map(({ one, points }) => line(result, one.target, linePath(points), wordsOf(one))),
    ...names(result, series),
  ]);
}

/** While one TCP stream fills the path; the last round only. */
export function loadedLatencyOverTime(result: BenchResult): string | undefined {
  const shown = firstOfEach(result, 'loaded').filter(({ overTime }) => overTime.length > 1);
  if (shown.length === 0) return undefined;
  const all = shown.flatMap(({ overTime }) => overTime);
  const y = timeScale(all.map(([, ms]) => ms));
  const x = linearScale([0, Math.max(...all.map(([sent]) => sent))], [area.left, area.right]);
  const series = shown.map((one) => ({
    one,
    points: one.overTime.map(([sent, ms]) => [x.place(sent), y.place(Math.max(ms, LEAST_MS))] as const),
  }));
  return picture(width, height, 'Round-trip times under load, over time', [
    ...horizontalAxis({ area, scale: x, ticks: 6, format: (ms) => `${ms} ms`, title: 'since the first echo request' }),
    ...verticalAxis({ area, scale: y, ticks: 8, format: tick, title: 'round trip under load' }),
    ...series.map(({ one, points }) => line(result, one.target, linePath(points), wordsOf(one))),
    ...names(result, series),
  ]);
}

/** One of each network: the first pair at its own MTU. */
function firstOfEach({ latencies, targets }: BenchResult, load: BenchLatency['load']): readonly BenchLatency[] {
  return targets.flatMap(
    ({ name }) => latencies.find((one) => one.target === name && one.load === load && one.pass === 'native') ?? [],
  );
}

function timeScale(valuesMs: readonly number[]): Scale {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0] ?? LEAST_MS, sorted.at(-1) ?? LEAST_MS];
  const low = Math.max(least, LEAST_MS);
  return logScale([low / 1.25, Math.max(most, 2 * low) * 1.25], [area.bottom, area.top]);
}

const wordsOf = ({ target, percentilesMs }: BenchLatency): string =>
  `${target}: p50 ${time(percentilesMs[50] ?? 0)}, p99 ${time(percentilesMs[99] ?? 0)}`;

const seriesOf = ({ targets }: BenchResult, target: string): string =>
  seriesClass(targets.findIndex(({ name }) => name === target));

const line = (result: BenchResult, target: string, path: string, words: string): Svg =>
  element('path', { class: `line ${seriesOf(result, target)}`, d: path, fill: 'none' }, tooltip(words));

interface Series {
  readonly one: BenchLatency;
  readonly points: ReadonlyArray<readonly [number, number]>;
}

function names(result: BenchResult, series: readonly Series[]): readonly Svg[] {
  const labels = series.map(({ one, points }) => ({
    text: one.target,
    x: area.right + 8,
    y: points.at(-1)?.[1] ?? 0,
    className: seriesOf(result, one.target),
  }));
  return endLabels(labels);
}
