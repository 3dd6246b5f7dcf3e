/** Ratios to the wire with their intervals: a row for each network, a dot for the median, a bar for the interval. */
import type { BenchCell, BenchResult } from '../../result/bench.js';
import { type MetricName, metrics } from '../../result/bench-metrics.js';
import { formatMetric, formatToWire } from '../bench-text.js';
import { html, type Html } from '../html/html.js';
import { seriesClass } from './axes.js';
import { linearScale, logScale, type Scale } from './d3.js';

interface Row {
  readonly cell: BenchCell;
  /** What tells it from others of the same network; empty where there are none. */
  readonly note: string;
  readonly series: number;
}

/** Where the largest ratio is more than so many times the smallest, a linear axis would show only the largest. */
const LINEAR_RANGE = 10;
/** Of the width: marks at the ends have room. */
const ends = [2, 98] as const;
const TICKS = 5;

/** @returns undefined where none of the metrics was measured */
export function ratioChart(result: BenchResult, wanted: readonly MetricName[]): Html | undefined {
  const rows = wanted.flatMap((metric) => rowsOf(result, metric, wanted.length > 1));
  if (rows.length === 0) return undefined;
  const { scale, title } = scaleOf(rows);
  return html`<table class="bars ratios">
<thead><tr><th scope="col">network</th><th scope="col" class="chart">${title}</th><th scope="col" class="number">to the wire</th></tr></thead>
<tbody>${rows.map((row) => rowOf(row, scale))}</tbody>
<tfoot><tr><th scope="row">${title}</th><td class="chart">${ticks(scale)}</td><td></td></tr></tfoot></table>`;
}

const percent = (place: number): string => `${place.toFixed(2)}%`;

function ticks(scale: Scale): Html {
  const numbers = scale
    .ticks(TICKS)
    .map(
      (value) =>
        html`<text class="tick" x="${percent(scale.place(value))}" y="14" text-anchor="middle">${Number(value.toPrecision(2))}</text>`,
    );
  return html`<svg class="bar axis" aria-hidden="true">${numbers}</svg>`;
}

function scaleOf(rows: readonly Row[]): { scale: Scale; title: string } {
  const values = rows.flatMap(({ cell: { toWire } }) =>
    toWire === null ? [] : [toWire.interval.low, toWire.median, toWire.interval.high],
  );
  const [least, most] = [Math.min(1, ...values), Math.max(1, ...values)];
  const medians = [1, ...rows.flatMap(({ cell }) => cell.toWire?.median ?? [])];
  const isWide = Math.max(...medians) > LINEAR_RANGE * Math.min(...medians);
  if (!isWide || least <= 0) return { scale: linearScale([0, most], ends), title: 'wire = 1' };
  return { scale: logScale([least / 1.25, most * 1.25], ends), title: 'wire = 1, logarithmic' };
}

/** @param isOneOfSeveral several metrics share the chart: each row says which is its own */
function rowsOf({ cells, targets }: BenchResult, metric: MetricName, isOneOfSeveral: boolean): readonly Row[] {
  const own = cells.filter((cell) => cell.metric === metric && cell.target !== 'wire' && cell.toWire !== null);
  const pairs = new Set(own.map(({ pair }) => pair)).size;
  return own.map((cell) => ({
    cell,
    note: [
      ...(isOneOfSeveral ? [shortTitle(metric)] : []),
      ...(pairs > 1 ? [cell.pair] : []),
      ...(cell.pass === 'equal' ? [`MTU ${cell.mtuBytes}`] : []),
    ].join(', '),
    series: targets.findIndex(({ name }) => name === cell.target),
  }));
}

function rowOf({ cell, note, series }: Row, scale: Scale): Html {
  const { toWire, metric, median, target } = cell;
  if (toWire === null) return html``;
  const text = formatToWire(metric, toWire.median, toWire.interval);
  const here = median === null ? '' : `; ${formatMetric(metric, median)} here`;
  return html`<tr><th scope="row">${target}${note === '' ? '' : html` <span class="note">${note}</span>`}</th>
<td class="chart">${marks(toWire, scale, series, `${[target, note].filter((one) => one !== '').join(', ')}: ${text} of the wire's${here}`)}</td>
<td class="number">${text.replace(/ \(.*/u, ' ×')}</td></tr>
`;
}

function marks(
  { median, interval }: NonNullable<BenchCell['toWire']>,
  scale: Scale,
  series: number,
  words: string,
): Html {
  const grid = scale.ticks(TICKS).map((value) => vertical('grid', scale.place(value)));
  const [low, high] = [scale.place(interval.low), scale.place(interval.high)];
  return html`<svg class="bar ${seriesClass(series)}" role="img" aria-label="${words}"><title>${words}</title>${grid}${vertical('reference', scale.place(1))}
<line class="interval" x1="${percent(low)}" x2="${percent(Math.max(high, low + 0.2))}" y1="13" y2="13"/><circle class="median" cx="${percent(scale.place(median))}" cy="13" r="4.5"/></svg>`;
}

const vertical = (kind: string, place: number): Html =>
  html`<line class="${kind}" x1="${percent(place)}" x2="${percent(place)}" y1="0" y2="26"/>`;

/** `TCP goodput, 8 streams` as `8 streams`. */
const shortTitle = (metric: MetricName): string => metrics[metric].title.split(', ').at(-1) ?? '';
