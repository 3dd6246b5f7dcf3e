/** What stands outside the hosts but belongs to one of them: the switch, the router and the outsiders of its own subnet. */
import type { Shape, Topology } from './topology.js';

/** By the id of a shape outside hosts, the host that it belongs to; shapes that several hosts share are not in it. */
export function sitesOf({ shapes, lines }: Topology): ReadonlyMap<string, string> {
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  const groupOf = (id: string): string | undefined => byId.get(id)?.group;
  const neighbours = neighboursOf(lines);
  const owners = new Map<string, string>();
  for (const { id } of shapes.filter((shape) => shape.kind === 'switch' && shape.group === undefined)) {
    const next = neighbours.get(id) ?? [];
    const hosts = new Set(next.flatMap((one) => groupOf(one) ?? []));
    const [only] = hosts;
    // A lone host on the LAN of all has no site of its own: a site has a gateway to the others.
    const behind = next.flatMap((one) => byId.get(one) ?? []).filter((one) => isOf(one, id, neighbours));
    if (hosts.size !== 1 || only === undefined || !behind.some((one) => one.kind === 'router')) continue;
    for (const one of [id, ...behind.map((shape) => shape.id)]) owners.set(one, only);
  }
  return owners;
}

function neighboursOf(lines: Topology['lines']): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of lines)
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      found.set(one, [...(found.get(one) ?? []), other]);
  return found;
}

/** An outsider of that switch, or a router between it and another switch. */
function isOf({ id, kind, group }: Shape, site: string, neighbours: ReadonlyMap<string, readonly string[]>): boolean {
  if (group !== undefined) return false;
  const others = (neighbours.get(id) ?? []).filter((one) => one !== site);
  return kind === 'outsider' ? others.length === 0 : kind === 'router' && others.length === 1;
}
