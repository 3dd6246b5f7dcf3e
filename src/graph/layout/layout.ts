/**
 * A topology with every place decided: hosts as a grid of equal boxes, the switches that they share as bars below each row,
 * what else hangs on these below the last; tunnels as curves behind all. No two boxes overlap, nothing is cut off, and all text
 * fits, whatever the topology is: it may come from a stored file.
 */
import { folded } from '../fold.js';
import type { Topology } from '../topology.js';
import { barsOf } from './bar-labels.js';
import { cablesOf } from './cables.js';
import type { Drawing } from './drawing.js';
import { gridOf } from './grid.js';
import { legendOf } from './legend.js';
import { margin, titleFont } from './measures.js';
import { textWidth, wrapped } from './text-size.js';

const titleLine = 22;
const beforeLegend = 18;
/** Below boxes that are the last: a curve between two of them hangs down so far. */
const curveRoom = 30;

export function layOut(topology: Topology): Drawing {
  const shown = folded(topology);
  const probe = gridOf(shown, margin, margin);
  const title = wrapped(topology.title.slice(0, 300), titleFont, Math.max(probe.width, 320)).filter(
    (line) => line !== '',
  );
  const top = margin + (title.length === 0 ? 0 : title.length * titleLine + 10);
  const grid = gridOf(shown, top, margin);
  const { wires, curves, labels, untold } = cablesOf(shown.lines, grid);
  const titleWidths = title.map((line) => Math.ceil(textWidth(line, titleFont)));
  const width = Math.max(grid.width, ...titleWidths);
  const end = grid.bottom + (curves.length > 0 && grid.barShapes.length === 0 ? curveRoom : 0);
  const legend = legendOf(shown.lines, untold, { x: margin, y: end + beforeLegend, width });
  return {
    width: Math.ceil(width + 2 * margin),
    height: Math.ceil(end + (legend.height === 0 ? 0 : beforeLegend + legend.height) + margin),
    title: title.map((text, index) => ({
      text,
      box: { x: margin, y: margin + index * titleLine, width: titleWidths[index] ?? 0, height: titleLine },
    })),
    hosts: grid.hosts,
    shapes: grid.shapes,
    bars: barsOf(grid, wires),
    trunks: grid.trunks,
    curves,
    wires,
    labels,
    legend: legend.entries,
  };
}
