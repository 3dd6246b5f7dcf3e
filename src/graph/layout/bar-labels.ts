/** The name of a switch stands in its bar where no cable passes over it. */
import type { Shape } from '../topology.js';
import type { Box, PlacedBar, Wire } from './drawing.js';
import type { Grid } from './grid.js';
import { nameFont } from './measures.js';
import { shortened, textWidth } from './text-size.js';

const clearance = 8;

export function barsOf({ blocks, barShapes }: Grid, wires: readonly Wire[]): readonly PlacedBar[] {
  return blocks.flatMap(({ bars }) =>
    barShapes.flatMap((shape): readonly PlacedBar[] => {
      const box = bars.get(shape.id);
      return box === undefined ? [] : [{ shape, box, label: labelIn(box, shape, crossings(box, wires)) }];
    }),
  );
}

function crossings({ y }: Box, wires: readonly Wire[]): readonly number[] {
  const passes = wires.flatMap(({ passes: all }) => all.filter(({ from }) => Math.abs(from.y + 2 - y) < 1));
  return passes.map(({ from }) => from.x);
}

/** The first stretch that is long enough for all that there is to say, else for the name. */
function labelIn(box: Box, { title, lines }: Shape, crossed: readonly number[]): PlacedBar['label'] {
  const texts = [[title, ...lines].join(', '), title].map(shortened);
  const edges = [box.x, ...crossed.toSorted((a, b) => a - b), box.x + box.width];
  for (const text of texts) {
    const width = Math.ceil(textWidth(text, nameFont));
    const start = edges.find((edge, index) => (edges[index + 1] ?? edge) - edge >= width + 2 * clearance);
    if (start !== undefined) return { text, box: { ...box, x: start + clearance, width } };
  }
  return { text: '', box: { ...box, width: 0 } };
}
