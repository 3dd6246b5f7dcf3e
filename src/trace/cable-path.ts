/**
 * The way that a packet between two interfaces takes along the cables of the lab, as it was asked for. Knows no strategy: tunnels
 * travel along the same cables. What routers do with packets is the matter of routed-way.ts.
 */
import type { Lab, ObservedNode } from '#lab/lab.js';
import type { LinkState } from '#lab/state.js';

/** A place where a packet can be seen: on an interface of a node, on its way in or out. */
export interface Hop {
  readonly node: string;
  readonly link: string;
  readonly outgoing: boolean;
}

/** An interface of a node. */
export interface Place {
  readonly node: string;
  readonly link: string;
}

interface Step {
  readonly to: Place;
  readonly cost: number;
}

/** Switching is preferred to routing, and routing to an interface that is down or blocked. */
const SWITCHED = 1;
const ROUTED = 10;
const UNUSABLE = 100;

export const placeName = ({ node, link }: Place): string => `${node}:${link}`;

/** The node that has the network which a node lives in: another one where it shares that. */
export function ownerOf(lab: Lab, node: string): string {
  return lab.nodes.get(node)?.state.sharesNetworkOf ?? node;
}

/** @returns the hops from the source's interface to the destination's; empty when no cables connect them */
export async function cablePath(lab: Lab, source: Place, destination: Place): Promise<readonly Hop[]> {
  const [from, to] = [source, destination].map(({ node, link }) => ({ node: ownerOf(lab, node), link })) as [
    Place,
    Place,
  ];
  const goal = placeName(to);
  const best = new Map<string, { cost: number; place: Place; before: string | undefined }>();
  const done = new Set<string>();
  const steps = stepper(lab, new Set([from.node, to.node]));
  best.set(placeName(from), { cost: 0, place: from, before: undefined });
  for (let next = cheapest(best, done); next !== undefined && next !== goal; next = cheapest(best, done)) {
    done.add(next);
    const { cost, place } = best.get(next) as { cost: number; place: Place };
    for (const step of await steps(place)) {
      const name = placeName(step.to);
      if ((best.get(name)?.cost ?? Number.POSITIVE_INFINITY) > cost + step.cost)
        best.set(name, { cost: cost + step.cost, place: step.to, before: next });
    }
  }
  return hopsOf(lab, backtrack(best, goal), from.node);
}

function cheapest(best: ReadonlyMap<string, { cost: number }>, done: ReadonlySet<string>): string | undefined {
  let found: string | undefined;
  for (const [name, { cost }] of best)
    if (!done.has(name) && cost < (found === undefined ? Number.POSITIVE_INFINITY : (best.get(found)?.cost ?? 0)))
      found = name;
  return found;
}

function backtrack(
  best: ReadonlyMap<string, { place: Place; before: string | undefined }>,
  goal: string,
): readonly Place[] {
  const places: Place[] = [];
  for (let name: string | undefined = goal; name !== undefined; name = best.get(name)?.before) {
    const entry = best.get(name);
    if (entry === undefined) return [];
    places.unshift(entry.place);
  }
  return places;
}

/**
 * A packet goes out of the source's node; into each further node by its first interface and out by the others. What a child
 * of an interface sends is never seen to enter there: it goes straight out.
 */
function hopsOf(lab: Lab, places: readonly Place[], source: string): readonly Hop[] {
  const last = places.at(-1)?.node;
  return places.map(({ node, link }, index) => {
    const before = places[index - 1];
    const parent = before === undefined ? undefined : parentOf(lab, before);
    const entering = before?.node !== node && !(parent?.node === node && parent.link === link);
    return { node, link, outgoing: node === source || (node !== last && !entering) };
  });
}

/** The interface of another node that a link is a child of. */
function parentOf(lab: Lab, { node, link }: Place): Place | undefined {
  const own = lab.nodes.get(node)?.state.links.find(({ name }) => name === link);
  return own?.kind === 'macvlan' && own.parentNode !== undefined
    ? { node: own.parentNode, link: own.parent }
    : undefined;
}

/** An interface that stands on one of another node. */
interface Child extends Place {
  readonly parent: string;
  /** Sees its siblings without a switch between them. */
  readonly sociable: boolean;
}

function childrenIn(lab: Lab): readonly Child[] {
  return [...lab.nodes.values()].flatMap(({ state }) =>
    state.links.flatMap((link) => {
      if (link.kind !== 'macvlan' || link.parentNode === undefined) return [];
      const parent = placeName({ node: link.parentNode, link: link.parent });
      return [{ node: state.name, link: link.name, parent, sociable: link.mode === 'bridge' }];
    }),
  );
}

/** The children of an interface; of a child its siblings, and its parent. */
function familyOf(lab: Lab, place: Place, children: readonly Child[]): readonly Place[] {
  const parent = parentOf(lab, place);
  if (parent === undefined) return children.filter((child) => child.parent === placeName(place));
  const siblings = children.filter((child) => child.parent === placeName(parent) && child.node !== place.node);
  return [...siblings.filter(({ sociable }) => sociable), parent];
}

/** Where a packet can go next from an interface: through its cable, or on inside the node. */
function stepper(lab: Lab, ends: ReadonlySet<string>): (place: Place) => Promise<readonly Step[]> {
  const observed = new Map<string, Promise<ObservedNode>>();
  const penalty = async ({ node, link }: Place): Promise<number> => {
    const looking = observed.get(node) ?? lab.node(node).observe();
    observed.set(node, looking);
    const now = (await looking).links.find(({ name }) => name === link);
    return now?.up !== true || now.portState === 'blocking' ? UNUSABLE : 0;
  };
  const children = childrenIn(lab);
  return async (place) => {
    const node = lab.nodes.get(place.node);
    const own = node?.state.links.find(({ name }) => name === place.link);
    if (node === undefined || own === undefined) return [];
    const cable = own.kind === 'veth' ? [{ to: own.peer, cost: SWITCHED }] : [];
    const family = familyOf(lab, place, children).map((to) => ({ to, cost: SWITCHED }));
    const inside = node.state.links.filter(
      ({ name }) => name !== own.name && mayTransit(node.state.role, ends, place.node),
    );
    const steps = [
      ...cable,
      ...family,
      ...inside.map((link) => ({ to: { node: place.node, link: link.name }, cost: insideCost(own, link) })),
    ].filter(({ to }) => lab.nodes.has(to.node));
    return await Promise.all(steps.map(async ({ to, cost }) => ({ to, cost: cost + (await penalty(to)) })));
  };
}

/** Containers, outsiders and world forward nothing; inside the ends themselves a packet may pass from a bridge to its port. */
function mayTransit(role: string, ends: ReadonlySet<string>, node: string): boolean {
  return ends.has(node) || role === 'host' || role === 'switch' || role === 'router';
}

function insideCost(from: LinkState, to: LinkState): number {
  const sameBridge = from.master !== undefined && from.master === to.master;
  return sameBridge || from.master === to.name || to.master === from.name ? SWITCHED : ROUTED;
}
