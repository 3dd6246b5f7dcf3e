/**
 * The spanning tree that bridges with tunnels between them agree on where every tunnel costs the same (IEEE 802.1D-1998, 8.6):
 * each bridge reaches the root over as few tunnels as it can, of equal ways by the neighbour with the lowest identifier. Pure.
 */
export interface MeshTree {
  /** Hosts, from the one with the lowest bridge identifier, which is the root. */
  readonly hosts: readonly string[];
  /** Between which of them there are tunnels. */
  readonly tunnels: ReadonlyArray<readonly [string, string]>;
}

/** The hosts that pass on what one of two others sends to the other one; none where their own tunnel is in the tree, or no way leads there. */
export function hostsBetween(tree: MeshTree, from: string, to: string): readonly string[] {
  const parents = parentsIn(tree);
  const [there, back] = [chainOf(parents, from), chainOf(parents, to)];
  const meeting = there.find((host) => back.includes(host));
  if (meeting === undefined) return [];
  const up = there.slice(0, there.indexOf(meeting) + 1);
  const down = back.slice(0, back.indexOf(meeting)).toReversed();
  return [...up, ...down].filter((host) => host !== from && host !== to);
}

/** What is left of a tree without hosts that are gone. */
export function presentTree({ hosts, tunnels }: MeshTree, isThere: (host: string) => boolean): MeshTree {
  return { hosts: hosts.filter(isThere), tunnels: tunnels.filter((ends) => ends.every(isThere)) };
}

/** The next host on each one's way to the root; of hosts that no tunnel joins to the others the first is a root of its own. */
function parentsIn({ hosts, tunnels }: MeshTree): ReadonlyMap<string, string | undefined> {
  const neighbours = new Map(hosts.map((host): [string, Set<string>] => [host, new Set()]));
  for (const [a, b] of tunnels) {
    neighbours.get(a)?.add(b);
    neighbours.get(b)?.add(a);
  }
  const parents = new Map<string, string | undefined>();
  const reach = (from: string): readonly string[] => {
    const found = [...(neighbours.get(from) ?? [])].filter((host) => !parents.has(host));
    for (const host of found) parents.set(host, from);
    return found;
  };
  for (const root of hosts) {
    if (parents.has(root)) continue;
    parents.set(root, undefined);
    for (let level: readonly string[] = [root]; level.length > 0; ) {
      const reached = new Set(level.flatMap(reach));
      level = hosts.filter((host) => reached.has(host));
    }
  }
  return parents;
}

function chainOf(parents: ReadonlyMap<string, string | undefined>, host: string): readonly string[] {
  const chain: string[] = [];
  for (let next: string | undefined = host; next !== undefined; next = parents.get(next)) chain.push(next);
  return chain;
}
