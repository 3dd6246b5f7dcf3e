/** Sizes and distances, in pixels, and how large a shape has to be for its text. */
import type { Line, Shape } from '../topology.js';
import type { Box } from './drawing.js';
import { type Font, shortened, textWidth } from './text-size.js';

export const titleFont: Font = { sizePixels: 16, bold: false };
export const hostFont: Font = { sizePixels: 13, bold: true };
export const nameFont: Font = { sizePixels: 12.5, bold: true };
export const smallFont: Font = { sizePixels: 11, bold: false };

export const margin = 20;
export const nameHeight = 17;
export const lineHeight = 14;
const padding = 9;
const leastShapeWidth = 76;

/** Between a label and what is beside it. */
const labelMargin = 5;
export const labelHeight = 15;

export const shapeHeight = ({ lines }: Shape): number => nameHeight + lines.length * lineHeight + padding;

/** The width of the text and a margin on both sides. */
export function shapeWidth({ title, lines }: Shape): number {
  const widths = [textWidth(shortened(title), nameFont), ...lines.map((line) => textWidth(shortened(line), smallFont))];
  return Math.ceil(Math.max(leastShapeWidth, ...widths.map((width) => width + 2 * padding)));
}

export const labelWidth = (text: string): number => Math.ceil(textWidth(shortened(text), smallFont)) + 2 * labelMargin;

/** As wide as its text and the words at its lines. */
export function roomFor(shape: Shape, lines: readonly Line[]): number {
  const labels = lines.flatMap(({ from, to, label, kind }) =>
    label === undefined || kind === 'tunnel' || (from !== shape.id && to !== shape.id) ? [] : [labelWidth(label) + 8],
  );
  return Math.max(shapeWidth(shape), ...labels);
}

export const largest = (numbers: readonly number[]): number => numbers.reduce((most, one) => Math.max(most, one), 0);

/** Boxes side by side around the middle of a stretch. */
export function sideBySide(
  widths: readonly number[],
  stretch: { x: number; width: number },
  gap: number,
): readonly number[] {
  const total = widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(widths.length - 1, 0);
  const start = stretch.x + (stretch.width - total) / 2;
  return widths.map((_, index) => start + widths.slice(0, index).reduce((sum, width) => sum + width + gap, 0));
}

export const moved = (box: Box, x: number, y: number): Box => ({ ...box, x: box.x + x, y: box.y + y });

/** Of a switch that is drawn as a bar. */
export const barHeight = 26;
/** Between bars and what hangs on them. */
export const corridor = 26;
