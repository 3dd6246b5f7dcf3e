/** Goodput over the MTU: each network at its own, and at the one that all have. */
import type { BenchCell, BenchResult } from '../../result/bench.js';
import { formatToWire } from '../bench-text.js';
import { type Area, endLabels, horizontalAxis, seriesClass, verticalAxis } from './axes.js';
import { linePath, linearScale } from './d3.js';
import { element, picture, type Svg, tooltip } from './svg.js';

const width = 760;
const height = 320;
const area: Area = { left: 64, right: 620, top: 34, bottom: 264 };

/** Between marks that would lie on each other, as far as there is room for them beside the axis. */
const DODGE = 8;
const MOST_ASIDE = 20;

const ratioOf = ({ toWire }: BenchCell): number => toWire?.median ?? 0;

/** @returns undefined where all have one MTU: then there is nothing to see */
export function mtuChart(result: BenchResult): string | undefined {
  const cells = goodputCells(result);
  const sizes = cells.map(({ mtuBytes }) => mtuBytes);
  if (new Set(sizes).size < 2) return undefined;
  const x = linearScale([Math.min(...sizes), Math.max(...sizes)], [area.left, area.right]);
  const most = Math.max(1, ...cells.map(({ toWire }) => toWire?.interval.high ?? 0));
  const y = linearScale([0, most], [area.bottom, area.top]);
  const series = result.targets.flatMap(({ name }, index) => {
    const own = cells.filter(({ target }) => target === name).toSorted((a, b) => a.mtuBytes - b.mtuBytes);
    return own.length === 0 ? [] : [{ name, own, className: seriesClass(index) }];
  });
  // Those of the same MTU stand beside each other.
  const middle = (series.length - 1) / 2;
  const step = Math.min(DODGE, MOST_ASIDE / Math.max(middle, 1));
  const aside = (target: string): number => step * (series.findIndex(({ name }) => name === target) - middle);
  const place = (cell: BenchCell) => [x.place(cell.mtuBytes) + aside(cell.target), y.place(ratioOf(cell))] as const;
  return picture(width, height, 'TCP goodput over the MTU, as ratios to the wire', [
    ...horizontalAxis({ area, scale: x, ticks: 6, format: (bytes) => `${bytes} B`, title: 'MTU of the containers' }),
    ...verticalAxis({
      area,
      scale: y,
      ticks: 5,
      format: (ratio) => `${ratio} ×`,
      title: 'goodput, wire = 1',
    }),
    ...series.flatMap(({ own, className }) => [
      element('path', { class: `line ${className}`, d: linePath(own.map(place)), fill: 'none' }),
      ...own.map((cell) => point(cell, place(cell), y.place, className)),
    ]),
    ...endLabels(
      series.map(({ name, own, className }) => {
        const [labelX, labelY] = place(own.at(-1) as BenchCell);
        return { text: name, x: labelX + 12, y: labelY, className };
      }),
    ),
  ]);
}

function goodputCells({ cells }: BenchResult): readonly BenchCell[] {
  const all = cells.filter(
    ({ metric, target, toWire }) => metric === 'tcpGoodput1BitsPerSecond' && target !== 'wire' && toWire !== null,
  );
  const here = all.filter(({ pair }) => pair === all[0]?.pair);
  // Whose own MTU is the smallest has been measured at it twice.
  const isTwice = (cell: BenchCell): boolean =>
    here.some((one) => one.target === cell.target && one.pass === 'native' && one.mtuBytes === cell.mtuBytes);
  return here.filter((cell) => cell.pass === 'native' || !isTwice(cell));
}

function point(
  cell: BenchCell,
  [x, y]: readonly [number, number],
  place: (ratio: number) => number,
  className: string,
): Svg {
  const { target, mtuBytes, toWire, metric } = cell;
  const { low, high } = toWire?.interval ?? { low: 0, high: 0 };
  return element(
    'g',
    { class: className },
    tooltip(`${target}, MTU ${mtuBytes}: ${formatToWire(metric, ratioOf(cell), { low, high })}`),
    element('line', { class: 'interval', x1: x, x2: x, y1: place(low), y2: place(high) }),
    element('circle', { class: 'median', cx: x, cy: y, r: 4.5 }),
  );
}
