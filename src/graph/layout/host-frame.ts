/** Hosts are boxes of one size: layers and widths are decided for all of them together. */
import type { Group, Line, Shape, Topology } from '../topology.js';
import type { Box, PlacedShape } from './drawing.js';
import { type Branch, branchesOf, layersOf } from './inside.js';
import { hostFont, labelHeight, largest, roomFor, shapeHeight, shapeWidth, sideBySide } from './measures.js';
import { shortened, textWidth } from './text-size.js';

const inset = 14;
const titleHeight = 30;
const gap = 12;
/** Between two layers, without and with words at lines. */
const layerGap = 22;
const wordyGap = layerGap + labelHeight + 8;
/** Below the interfaces: room for tunnels to leave by. */
const sole = 18;

export interface Interior {
  readonly group: Group;
  readonly branches: readonly Branch[];
}

export interface HostFrame {
  readonly width: number;
  readonly height: number;
  /** The shapes of a host whose upper left corner is at 0, 0. */
  place(interior: Interior): readonly PlacedShape[];
}

export function interiorsOf({ groups, shapes, lines }: Topology): readonly Interior[] {
  return groups.map((group) => {
    const own = shapes.filter((shape) => shape.group === group.id);
    const ids = new Set(own.map(({ id }) => id));
    return {
      group,
      branches: branchesOf(
        own,
        lines.filter(({ from }) => ids.has(from)),
      ),
    };
  });
}

interface Sizes {
  readonly containerWidth: number;
  /** Upper edges of the layers; containers are in the first. */
  readonly tops: readonly number[];
  readonly bottom: number;
  readonly lines: readonly Line[];
}

/** @param lines those of the whole picture */
export function hostFrame(interiors: readonly Interior[], lines: readonly Line[]): HostFrame {
  const sizes = sizesOf(interiors, lines);
  const titles = interiors.map(({ group }) => textWidth(shortened(group.title), hostFont));
  const contents = interiors.map(({ branches }) => rowWidth(branches, sizes));
  const width = Math.ceil(largest([...titles, ...contents]) + 2 * inset);
  const stretch = { x: inset, width: width - 2 * inset };
  return {
    width,
    height: sizes.bottom + sole,
    place: ({ branches }) => placeRow(branches, stretch, 0, sizes),
  };
}

function sizesOf(interiors: readonly Interior[], lines: readonly Line[]): Sizes {
  const layered = interiors.flatMap(({ branches }) => layersOf(branches));
  const containers = layered.flatMap(([branch]) => branch.containers);
  const count = layered.reduce((most, [, layer]) => Math.max(most, layer + 1), 0);
  const layers = Array.from({ length: count }, (_, layer) =>
    layered.flatMap(([branch, at]) => (at === layer ? [branch.shape] : [])),
  );
  const rows: ReadonlyArray<readonly Shape[]> = [containers, ...layers];
  const tops: number[] = [];
  let bottom = titleHeight;
  for (const [index, row] of rows.entries()) {
    tops.push(bottom);
    const height = largest(row.map(shapeHeight));
    const isLast = rows.slice(index + 1).every((later) => later.length === 0);
    bottom += height + (height === 0 || isLast ? 0 : isWordy(rows[index + 1] ?? [], lines) ? wordyGap : layerGap);
  }
  return { containerWidth: largest(containers.map((one) => roomFor(one, lines))), tops, bottom, lines };
}

/** Whether words stand at a line to any of them. */
function isWordy(row: readonly Shape[], lines: readonly Line[]): boolean {
  const ids = new Set(row.map(({ id }) => id));
  return lines.some(({ to, label, kind }) => label !== undefined && kind !== 'tunnel' && ids.has(to));
}

function rowWidth(branches: readonly Branch[], sizes: Sizes): number {
  return branches.reduce((sum, branch) => sum + branchWidth(branch, sizes) + gap, -gap);
}

function branchWidth({ shape, containers, below }: Branch, sizes: Sizes): number {
  const above = containers.length * (sizes.containerWidth + gap) - gap;
  return Math.max(roomFor(shape, sizes.lines), above, rowWidth(below, sizes));
}

interface Stretch {
  readonly x: number;
  readonly width: number;
}

/** What is left over is shared out evenly. */
function placeRow(branches: readonly Branch[], stretch: Stretch, layer: number, sizes: Sizes): readonly PlacedShape[] {
  const spare = (stretch.width - rowWidth(branches, sizes)) / Math.max(branches.length, 1);
  const widths = branches.map((branch) => branchWidth(branch, sizes) + spare);
  const starts = sideBySide(widths, stretch, gap);
  return branches.flatMap((branch, index) =>
    placeBranch(branch, { x: starts[index] ?? 0, width: widths[index] ?? 0 }, layer, sizes),
  );
}

function placeBranch(branch: Branch, stretch: Stretch, layer: number, sizes: Sizes): readonly PlacedShape[] {
  const { shape, containers, below } = branch;
  const wide = shape.kind === 'bridge' || containers.length > 0;
  const width = wide ? stretch.width : shapeWidth(shape);
  const box: Box = {
    x: stretch.x + (stretch.width - width) / 2,
    y: sizes.tops[layer + 1] ?? 0,
    width,
    height: shapeHeight(shape),
  };
  const starts = sideBySide(
    containers.map(() => sizes.containerWidth),
    stretch,
    gap,
  );
  return [
    ...containers.map((container, index) => ({
      shape: container,
      box: {
        x: starts[index] ?? 0,
        y: sizes.tops[0] ?? 0,
        width: sizes.containerWidth,
        height: shapeHeight(container),
      },
    })),
    { shape, box },
    ...placeRow(below, stretch, layer + 1, sizes),
  ];
}
