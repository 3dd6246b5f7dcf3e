/** The frame of a chart: grid lines with their values, and names of series at the ends of their lines. */
import type { Scale } from './d3.js';
import { element, type Svg } from './svg.js';

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface AxisOptions {
  readonly area: Area;
  readonly scale: Scale;
  readonly ticks: number;
  readonly format: (value: number) => string;
  readonly title: string;
}

/** Between the grid and its values. */
const gap = 6;
const textHeight = 12;
/** As wide as a name may be. */
const COLUMN = 150;

export function horizontalAxis({ area, scale, ticks, format, title }: AxisOptions): readonly Svg[] {
  const marks = scale.ticks(ticks).map((value) => {
    const x = scale.place(value);
    return [
      element('line', { class: 'grid', x1: x, x2: x, y1: area.top, y2: area.bottom }),
      element('text', { class: 'tick', x, y: area.bottom + gap + textHeight, 'text-anchor': 'middle' }, format(value)),
    ];
  });
  const middle = (area.left + area.right) / 2;
  const y = area.bottom + gap + 2.5 * textHeight;
  return [...marks.flat(), element('text', { class: 'axis below', x: middle, y, 'text-anchor': 'middle' }, title)];
}

export function verticalAxis({ area, scale, ticks, format, title }: AxisOptions): readonly Svg[] {
  const marks = scale.ticks(ticks).map((value) => {
    const y = scale.place(value);
    return [
      element('line', { class: 'grid', x1: area.left, x2: area.right, y1: y, y2: y }),
      element('text', { class: 'tick', x: area.left - gap, y: y + 4, 'text-anchor': 'end' }, format(value)),
    ];
  });
  return [...marks.flat(), element('text', { class: 'axis', x: gap, y: area.top - 1.25 * textHeight }, title)];
}

export interface EndLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly className: string;
}

/** Names beside the ends of lines, moved apart where they would lie on each other. */
export function endLabels(labels: readonly EndLabel[]): readonly Svg[] {
  const lowest = new Map<number, number>();
  return labels
    .toSorted((a, b) => a.y - b.y)
    .map(({ text, x, y, className }) => {
      // Lines that end at different places do not disturb each other.
      const column = Math.round(x / COLUMN);
      const at = Math.max(y, (lowest.get(column) ?? Number.NEGATIVE_INFINITY) + 1.25 * textHeight);
      lowest.set(column, at);
      return element('text', { class: `series-name ${className}`, x, y: at + 4 }, text);
    });
}

const SERIES = 6;
/** The class that gives a target its colour: the same in every chart of a page. */
export const seriesClass = (index: number): string => `s${index % SERIES}`;
