/** Which changes of the machine's network a lab can have made. Pure. */
import type { LinkState, NodeState } from '../state.js';
import type { Change } from './comparison.js';
import type { MachineSnapshot } from './snapshot.js';

/** What a lab makes, by the name of the link that it hangs on. */
export type Footprint = ReadonlyMap<string, readonly LinkState[]>;

export function footprintOf(nodes: readonly Pick<NodeState, 'links'>[]): Footprint {
  const footprint = new Map<string, LinkState[]>();
  for (const link of nodes.flatMap(({ links }) => links))
    footprint.set(link.name, [...(footprint.get(link.name) ?? []), link]);
  return footprint;
}

/**
 * Tells the lab's changes from everybody else's. A lab makes links, and everything else that it makes hangs on them; so its
 * traces are a new link that is one of its plan's, what hangs on that one, and an address that the plan gives to a link of
 * this name. Whatever else happens meanwhile (a container engine's interface, Wi-Fi, a firewall) somebody else has done.
 * @returns whether a change between the two snapshots is the lab's
 */
export function changesOf(footprint: Footprint, before: MachineSnapshot, after: MachineSnapshot) {
  const isNew = (link: string): boolean => !(link in before.links);
  const own = new Set(Object.keys(after.links).filter((link) => isNew(link) && isPlanned(link, footprint, after)));
  return ({ kind, name }: Change): boolean => {
    const link = linkOf(kind, name);
    if (link === undefined) return false;
    return own.has(link) || (kind === 'addresses' && isPlannedAddress(name, link, footprint));
  };
}

/** By its kind, and by its MAC or one of its addresses where the plan says any: a name alone may be anybody's. */
function isPlanned(name: string, footprint: Footprint, { links, addresses }: MachineSnapshot): boolean {
  const [kind, mac] = links[name]?.split(', ') ?? [];
  return (footprint.get(name) ?? []).some((link) => {
    if (link.kind !== 'daemon' && link.kind !== kind) return false;
    if (link.mac === undefined && link.addresses.length === 0) return true;
    return link.mac === mac || link.addresses.some((address) => `${address} on ${name}` in addresses);
  });
}

function isPlannedAddress(name: string, link: string, footprint: Footprint): boolean {
  return (footprint.get(link) ?? []).some(({ addresses }) =>
    addresses.some((address) => name === `${address} on ${link}`),
  );
}

/** The link that an object is, or hangs on. */
function linkOf(kind: Change['kind'], name: string): string | undefined {
  if (kind === 'links') return name;
  if (kind === 'sysctls') return /^net\.ipv[46]\.(?:conf|neigh)\.([^.]+)\./u.exec(name)?.[1]?.replaceAll('/', '.');
  return / on ([^ ,]+)/u.exec(name)?.[1];
}
