/** Wires between what is placed, and the words at them. */
import type { Line } from '../topology.js';
import { bottomOf, type Box, type Label, middleOf, type Point, type Wire } from './drawing.js';
import type { Block, Grid } from './grid.js';
import { labelHeight, labelWidth } from './measures.js';
import { between, curve, pathOf } from './wires.js';

export interface Cables {
  readonly wires: readonly Wire[];
  readonly curves: readonly Wire[];
  readonly labels: readonly Label[];
  /** Lines whose words have no place at them. */
  readonly untold: readonly Line[];
}

interface Drawn {
  readonly wire?: Wire;
  readonly curve?: Wire;
  readonly label?: Label;
}

export function cablesOf(lines: readonly Line[], grid: Grid): Cables {
  const places = new Map(grid.shapes.map(({ shape, box }) => [shape.id, { shape, box }]));
  const draw = (line: Line): Drawn => {
    const [from, to] = [places.get(line.from), places.get(line.to)];
    const bars = new Set(grid.barShapes.map(({ id }) => id));
    if (bars.has(line.from) && bars.has(line.to)) return barToBar(line, grid);
    if (bars.has(line.from) && to !== undefined) return toBar(line, to.shape.id, line.from, to.box, grid, lines);
    if (bars.has(line.to) && from !== undefined) return toBar(line, from.shape.id, line.to, from.box, grid, lines);
    if (from === undefined || to === undefined || line.from === line.to) return {};
    const isApart =
      from.shape.group !== to.shape.group && from.shape.group !== undefined && to.shape.group !== undefined;
    if (line.kind === 'tunnel' || isApart) return { curve: wireOf(line, curve(from.box, to.box)) };
    const points = between(from.box, to.box);
    const label = labelAt(line, points, from.shape.kind === 'container' && line.odd);
    return { wire: wireOf(line, pathOf(...points)), ...(label === undefined ? {} : { label }) };
  };
  const drawn = lines.map((line) => ({ line, ...draw(line) }));
  const labels = new Map(drawn.flatMap(({ label }) => (label === undefined ? [] : [[JSON.stringify(label), label]])));
  return {
    wires: drawn.flatMap(({ wire }) => wire ?? []),
    curves: drawn.flatMap((one) => one.curve ?? []),
    labels: [...labels.values()],
    untold: drawn.flatMap(({ line, label }) => (label === undefined && line.label !== undefined ? [line] : [])),
  };
}

const wireOf = (line: Line, path: string, more: Partial<Wire> = {}): Wire => ({
  kind: line.kind,
  odd: line.odd,
  path,
  joints: [],
  passes: [],
  ...more,
});

/** Just before the line's end, or just behind its beginning; none where it is level. */
function labelAt(line: Line, points: readonly Point[], atStart: boolean): Label | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (line.label === undefined || first === undefined || last === undefined || first.y === last.y) return undefined;
  const end = atStart ? first : last;
  const isUpper = end.y === Math.min(first.y, last.y);
  return labelBeside(line, end.x, isUpper ? end.y + 5 : end.y - 5 - labelHeight);
}

function labelBeside({ label: text = '', kind, odd }: Line, x: number, y: number): Label {
  const width = labelWidth(text);
  return { text, kind, odd, box: { x: x - width / 2, y, width, height: labelHeight } };
}

/** From a shape down, or up, to the bar of a shared switch, over the bars between. */
function toBar(line: Line, id: string, barId: string, box: Box, grid: Grid, lines: readonly Line[]): Drawn {
  const block = grid.blocks.find(({ members }) => members.has(id));
  const bar = block?.bars.get(barId);
  if (block === undefined || bar === undefined) return {};
  const x = middleOf(box) + shift(id, barId, box, block, lines);
  const isBelow = box.y > bar.y;
  const [start, end] = isBelow ? [box.y, bottomOf(bar)] : [bottomOf(box), bar.y];
  const [least, most] = [Math.min(start, end), Math.max(start, end)];
  const passed = [...block.bars.values()].filter((one) => one !== bar && one.y >= least && bottomOf(one) <= most);
  const passes = passed.map((one) => ({ from: { x, y: one.y - 2 }, to: { x, y: bottomOf(one) + 2 } }));
  const joint = { x, y: end };
  // Words stand below the frame of the host, not below its interface.
  const words =
    line.label === undefined
      ? undefined
      : labelBeside(line, x, isBelow ? start - 5 - labelHeight : end - 5 - labelHeight - heightAbove(passed, bar));
  return {
    wire: wireOf(line, pathOf({ x, y: start }, joint), { joints: [joint], passes }),
    ...(words === undefined ? {} : { label: words }),
  };
}

/** How far above a bar the first of the bars that are passed begins. */
const heightAbove = (passed: readonly Box[], bar: Box): number => bar.y - Math.min(bar.y, ...passed.map(({ y }) => y));

/** Cables of one shape to several bars lie side by side. */
function shift(id: string, barId: string, box: Box, block: Block, lines: readonly Line[]): number {
  const own = [...block.bars.keys()].filter((bar) =>
    lines.some(({ from, to }) => (from === id && to === bar) || (from === bar && to === id)),
  );
  const step = Math.min(28, box.width / (own.length + 1));
  return (own.indexOf(barId) - (own.length - 1) / 2) * step;
}

function barToBar(line: Line, { blocks }: Grid): Drawn {
  const [block] = blocks;
  const [from, to] = [block?.bars.get(line.from), block?.bars.get(line.to)];
  if (from === undefined || to === undefined || from === to) return {};
  const [above, below] = from.y < to.y ? [from, to] : [to, from];
  const x = above.x + 24;
  const points = [
    { x, y: bottomOf(above) },
    { x, y: below.y },
  ];
  return { wire: wireOf(line, pathOf(...points), { joints: points }) };
}
