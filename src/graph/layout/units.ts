/** What hangs on the shared switches below all hosts: outsiders, and the way out with what is beyond it. */
import type { Line, Shape } from '../topology.js';
import { largest, roomFor, shapeHeight, sideBySide } from './measures.js';
import { type Row, spanOf } from './row.js';

const unitGap = 28;
/** Between a router and what is beyond it. */
const tailGap = 36;
/** These may be wider than a few hosts. */
const leastLimit = 900;

interface Unit {
  readonly shapes: readonly Shape[];
  readonly widths: readonly number[];
  readonly width: number;
}

/** @param hostsWidth of the widest row of hosts */
export function unitRows(
  units: ReadonlyArray<readonly Shape[]>,
  lines: readonly Line[],
  hostsWidth: number,
): readonly Row[] {
  const sized = units.map((shapes): Unit => {
    const widths = shapes.map((shape) => roomFor(shape, lines));
    return { shapes, widths, width: spanOf(widths, tailGap) };
  });
  const limit = Math.max(hostsWidth, leastLimit, largest(sized.map(({ width }) => width)));
  return fitting(sized, limit).map(unitRow);
}

/** As many side by side as there is room for. */
function fitting(units: readonly Unit[], limit: number): ReadonlyArray<readonly Unit[]> {
  const rows: Unit[][] = [];
  for (const unit of units) {
    const row = rows.at(-1);
    const span = spanOf(
      [...(row ?? []), unit].map(({ width }) => width),
      unitGap,
    );
    if (row !== undefined && span <= limit) row.push(unit);
    else rows.push([unit]);
  }
  return rows;
}

function unitRow(units: readonly Unit[]): Row {
  return {
    widths: units.map(({ width }) => width),
    gap: unitGap,
    height: largest(units.flatMap(({ shapes }) => shapes.map(shapeHeight))),
    place: (index, x, y) => {
      const unit = units[index];
      if (unit === undefined) return { shapes: [] };
      const starts = sideBySide(unit.widths, { x, width: unit.width }, tailGap);
      const shapes = unit.shapes.map((shape, at) => ({
        shape,
        box: { x: starts[at] ?? x, y, width: unit.widths[at] ?? 0, height: shapeHeight(shape) },
      }));
      return { shapes };
    },
  };
}
