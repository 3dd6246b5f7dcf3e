/** Rows of hosts with the shared switches as bars below each, and below the last what else hangs on them. */
import type { Shape, Topology } from '../topology.js';
import { bottomOf, type Box, type PlacedHost, type PlacedShape } from './drawing.js';
import { hostRows } from './cells.js';
import { interiorsOf } from './host-frame.js';
import { barHeight, corridor, labelHeight, largest, sideBySide } from './measures.js';
import { outsideOf } from './outside.js';
import { type Row, spanOf } from './row.js';
import { unitRows } from './units.js';

const barGap = 14;
const trunkRoom = 16;
const trunkWidth = 6;
const leastWidth = 320;

/** One bar for each shared switch, and what hangs on them from above and from below. */
export interface Block {
  readonly bars: ReadonlyMap<string, Box>;
  readonly members: ReadonlySet<string>;
}

export interface Grid {
  readonly hosts: readonly PlacedHost[];
  readonly shapes: readonly PlacedShape[];
  readonly barShapes: readonly Shape[];
  readonly blocks: readonly Block[];
  /** At the sides, where rows of bars are joined. */
  readonly trunks: ReadonlyArray<{ readonly shape: Shape; readonly box: Box }>;
  readonly width: number;
  readonly bottom: number;
}

/** @param topology what is folded already @param top where it begins @param left its margin */
export function gridOf(topology: Topology, top: number, left: number): Grid {
  const outside = outsideOf(topology);
  const words = isWordy(topology) ? labelHeight : 0;
  const hosts = hostRows(interiorsOf(topology), topology, outside.sites, words);
  const hostsWidth = largest(hosts.map(({ widths, gap }) => spanOf(widths, gap)));
  const units = unitRows(outside.units, topology.lines, hostsWidth);
  const width = Math.max(hostsWidth, leastWidth, ...units.map(({ widths, gap }) => spanOf(widths, gap)));
  const sections = sectionsOf(hosts, units);
  const joined = outside.bars.length > 0 && sections.length > 1;
  const leftRoom = joined ? Math.ceil(outside.bars.length / 2) * trunkRoom : 0;
  const rightRoom = joined ? Math.floor(outside.bars.length / 2) * trunkRoom : 0;
  const stretch = { x: left + leftRoom, width };
  const stacked = stack(sections, { bars: outside.bars, stretch, top, gap: corridor + words, joined });
  const trunks = joined ? trunksOf(outside.bars, stacked.blocks) : [];
  return { ...stacked, barShapes: outside.bars, trunks, width: width + leftRoom + rightRoom };
}

/** Cables with words at them need more room. */
function isWordy({ shapes, lines }: Topology): boolean {
  const inHost = new Set(shapes.flatMap(({ id, group }) => (group === undefined ? [] : [id])));
  return lines.some(
    ({ from, to, label, kind }) => label !== undefined && kind !== 'tunnel' && !(inHost.has(from) && inHost.has(to)),
  );
}

/** Between two sections, or in the only one, are the bars. */
interface Section {
  readonly above: readonly Row[];
  readonly below: readonly Row[];
}

/** The last row of hosts and the first of what else there is share their bars. */
function sectionsOf(hosts: readonly Row[], units: readonly Row[]): readonly Section[] {
  return [
    ...hosts.slice(0, -1).map((row) => ({ above: [row], below: [] })),
    { above: hosts.slice(-1), below: units.slice(0, 1) },
    ...units.slice(1).map((row) => ({ above: [], below: [row] })),
  ];
}

interface Settings {
  readonly bars: readonly Shape[];
  readonly stretch: { readonly x: number; readonly width: number };
  readonly top: number;
  readonly gap: number;
  readonly joined: boolean;
}

function stack(
  sections: readonly Section[],
  { bars, stretch, top, gap, joined }: Settings,
): Pick<Grid, 'hosts' | 'shapes' | 'blocks' | 'bottom'> {
  const placed: Array<ReturnType<Row['place']>> = [];
  const blocks: Block[] = [];
  let y = top;
  for (const { above, below } of sections) {
    const parts = placeRows(above, stretch, y);
    y += largest(above.map(({ height }) => height)) + (above.length > 0 || blocks.length > 0 ? gap : 0);
    const boxes = bars.map((_, index) => barBox(index, stretch, y + index * (barHeight + barGap), joined));
    y = Math.max(y, ...boxes.map((box) => bottomOf(box) + gap));
    parts.push(...placeRows(below, stretch, y));
    y += largest(below.map(({ height }) => height));
    const members = new Set(parts.flatMap(({ shapes }) => shapes.map(({ shape }) => shape.id)));
    blocks.push({ bars: new Map(bars.map(({ id }, index) => [id, boxes[index] as Box])), members });
    placed.push(...parts);
  }
  const hosts = placed.flatMap(({ host }) => host ?? []);
  const shapes = placed.flatMap((one) => one.shapes);
  const ends = [...hosts, ...shapes].map(({ box }) => bottomOf(box));
  const lastBars = [...(blocks.at(-1)?.bars.values() ?? [])].map(bottomOf);
  return { hosts, shapes, blocks, bottom: Math.max(top, ...ends, ...lastBars) };
}

function placeRows(rows: readonly Row[], stretch: Settings['stretch'], y: number): Array<ReturnType<Row['place']>> {
  return rows.flatMap((row) => sideBySide(row.widths, stretch, row.gap).map((x, index) => row.place(index, x, y)));
}

/** Every other one is longer at the left, the others at the right, where its trunk is. */
function barBox(index: number, { x, width }: Settings['stretch'], y: number, joined: boolean): Box {
  const extra = joined ? (Math.floor(index / 2) + 1) * trunkRoom : 0;
  return { x: x - (index % 2 === 0 ? extra : 0), y, width: width + extra, height: barHeight };
}

function trunksOf(bars: readonly Shape[], blocks: readonly Block[]): Grid['trunks'] {
  return bars.flatMap((shape, index) => {
    const all = blocks.flatMap(({ bars: boxes }) => boxes.get(shape.id) ?? []);
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined) return [];
    const x = index % 2 === 0 ? first.x : first.x + first.width - trunkWidth;
    return [{ shape, box: { x, y: first.y, width: trunkWidth, height: bottomOf(last) - first.y } }];
  });
}
