/** What is inside a host, as layers: containers, what they hang on as bars as wide as all that hangs on them, interfaces below. */
import type { Line, Shape } from '../topology.js';

export interface Branch {
  readonly shape: Shape;
  readonly containers: readonly Shape[];
  readonly below: readonly Branch[];
}

/**
 * The parts of a host as trees, from what containers hang on down to the interfaces. Each shape is in one tree, once, also
 * where lines lead in circles.
 */
export function branchesOf(shapes: readonly Shape[], lines: readonly Line[]): readonly Branch[] {
  const parts = shapes.filter(({ kind }) => kind !== 'container');
  const byId = new Map(parts.map((shape) => [shape.id, shape]));
  const inner = lines.filter(({ kind }) => kind !== 'tunnel');
  const targets = (id: string): readonly Shape[] =>
    inner.flatMap(({ from, to }) => (from === id ? (byId.get(to) ?? []) : []));
  const led = new Set(inner.flatMap(({ from, to }) => (byId.has(from) && from !== to ? [to] : [])));
  const seen = new Set<string>();
  const containers = hangers(shapes, inner, byId);
  const branchOf = (shape: Shape): Branch => {
    seen.add(shape.id);
    const own = targets(shape.id).filter(({ id }) => !seen.has(id) && seen.add(id));
    return { shape, containers: containers.get(shape.id) ?? [], below: own.map(branchOf) };
  };
  const roots = parts.filter(({ id }) => !led.has(id)).map(branchOf);
  const circles = parts.flatMap((shape) => (seen.has(shape.id) ? [] : [branchOf(shape)]));
  const found = [...roots, ...circles];
  const loose = containers.get('') ?? [];
  const [first, ...rest] = found;
  if (first === undefined || loose.length === 0) return found;
  return [{ ...first, containers: [...first.containers, ...loose] }, ...rest];
}

/** Containers by the id of what they hang on; by an empty one those that hang on nothing. */
function hangers(
  shapes: readonly Shape[],
  lines: readonly Line[],
  parts: ReadonlyMap<string, Shape>,
): ReadonlyMap<string, readonly Shape[]> {
  const found = new Map<string, Shape[]>();
  for (const shape of shapes.filter(({ kind }) => kind === 'container')) {
    const target = lines.find(({ from, to }) => from === shape.id && parts.has(to))?.to ?? '';
    found.set(target, [...(found.get(target) ?? []), shape]);
  }
  return found;
}

/** How many layers a branch has. */
export const depthOf = ({ below }: Branch): number => 1 + Math.max(0, ...below.map(depthOf));

/** With the layer that each is in: 0 is what containers hang on. */
export function layersOf(branches: readonly Branch[], layer = 0): ReadonlyArray<readonly [Branch, number]> {
  return branches.flatMap((branch) => [[branch, layer] as const, ...layersOf(branch.below, layer + 1)]);
}
