/** A cell of the grid: a host, and below it the switch of its own subnet with what hangs on that. */
import type { Shape, Topology } from '../topology.js';
import type { Box } from './drawing.js';
import { hostFrame, type Interior } from './host-frame.js';
import { barHeight, corridor, largest, moved, roomFor, shapeHeight, sideBySide } from './measures.js';
import type { Site } from './outside.js';
import { type Placed, type Row, spanOf } from './row.js';

const cellGap = 20;
const siteGap = 10;
/** A picture of one screen's width. */
const usualWidth = 1300;
/** So few hosts stand in one row, even if it is this wide. */
const fewHosts = 3;
const mostWidth = 1640;

/**
 * @param words room for words at cables
 * @returns hosts in rows, every cell of one size
 */
export function hostRows(
  interiors: readonly Interior[],
  { lines }: Topology,
  sites: ReadonlyMap<string, Site>,
  words: number,
): readonly Row[] {
  const frame = hostFrame(interiors, lines);
  const others = new Map(interiors.map(({ group: { id } }) => [id, siteBoxes(sites.get(id)?.others ?? [], lines)]));
  const width = Math.max(frame.width, ...Array.from(others.values(), (boxes) => spanOf(widthsOf(boxes), siteGap)));
  const siteTop = frame.height + corridor + words;
  const otherTop = siteTop + barHeight + corridor + words;
  const lowest = largest([...others.values()].flatMap((boxes) => boxes.map(({ box }) => box.height)));
  const place = (interior: Interior, x: number, y: number): Placed => {
    const { id, title } = interior.group;
    const box: Box = { x: x + (width - frame.width) / 2, y, width: frame.width, height: frame.height };
    const inner = frame.place(interior).map((one) => ({ ...one, box: moved(one.box, box.x, y) }));
    const bar = sites.get(id)?.bar;
    const boxes = others.get(id) ?? [];
    const starts = sideBySide(widthsOf(boxes), { x, width }, siteGap);
    const below = boxes.map((one, index) => ({ ...one, box: moved(one.box, starts[index] ?? x, y + otherTop) }));
    const site =
      bar === undefined ? [] : [{ shape: bar, box: { ...box, y: y + siteTop, height: barHeight } }, ...below];
    return { host: { title, box }, shapes: [...inner, ...site] };
  };
  const height = sites.size === 0 ? frame.height : otherTop + lowest;
  return chunks(interiors, columnsFor(interiors.length, width)).map((row) => ({
    widths: row.map(() => width),
    gap: cellGap,
    height,
    place: (index, x, y) => {
      const interior = row[index];
      return interior === undefined ? { shapes: [] } : place(interior, x, y);
    },
  }));
}

const siteBoxes = (shapes: readonly Shape[], lines: Topology['lines']): Placed['shapes'] =>
  shapes.map((shape) => ({ shape, box: { x: 0, y: 0, width: roomFor(shape, lines), height: shapeHeight(shape) } }));

const widthsOf = (boxes: Placed['shapes']): readonly number[] => boxes.map(({ box }) => box.width);

function columnsFor(count: number, width: number): number {
  const limit = count <= fewHosts ? mostWidth : usualWidth;
  const most = Math.max(1, Math.floor((limit + cellGap) / (width + cellGap)));
  return Math.ceil(count / Math.ceil(count / most)) || 1;
}

function chunks<T>(all: readonly T[], size: number): ReadonlyArray<readonly T[]> {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, row) => all.slice(row * size, (row + 1) * size));
}
