/**
 * The way that a packet takes by the routes of the nodes that it passes: from the source to its gateway, from there to the
 * next one, and so on. Routes that were asked for and are missing count as if they were there: the packet is then missing
 * behind the node that should have had them.
 */
import type { Lab, LabNode } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import { contains, parsePrefix } from '../address/prefix.js';
import type { Endpoint } from '../plan/plan.js';
import { cablePath, type Hop, ownerOf, type Place } from './cable-path.js';
import { addressIn } from '../probes/endpoint-choice.js';

/** From one node that routes to the next, over whatever switches between them. */
export interface Leg {
  /** The node whose routes decide. */
  readonly from: string;
  /** The address whose MAC address that node asks for. */
  readonly nextHop: string;
  readonly hops: readonly Hop[];
}

export interface Way {
  readonly legs: readonly Leg[];
  /** Why it ends before the destination. */
  readonly end?: { readonly where: string; readonly words: string };
}

/** More routers than these are a circle. */
const mostLegs = 32;

/** The way from an endpoint to another one's address. */
export async function wayBetween(lab: Lab, from: Endpoint, to: Endpoint, family: Family): Promise<Way> {
  const target = addressIn(to, family);
  const end: Place = { node: ownerOf(lab, to.node), link: to.link };
  const legs: Leg[] = [];
  for (let node = ownerOf(lab, from.node); node !== end.node; ) {
    const ended = (words: string): Way => ({ legs, end: { where: node, words: `${node} ${words}` } });
    const route = await lookUp(lab.node(node), target);
    if (route === undefined) return ended(`has no route to ${target}`);
    const nextHop = route.via ?? target;
    const goal = nextHop === target ? end : holderOf(lab, { node, link: route.link }, nextHop);
    if (goal === undefined) return ended(`routes ${target} to ${nextHop}, which no node has`);
    const hops = await cablePath(lab, { node, link: route.link }, goal);
    if (hops.length === 0) return ended(`has no cable to ${goal.node}`);
    legs.push({ from: node, nextHop, hops });
    if (legs.length > mostLegs) return ended(`is part of a circle of routes to ${target}`);
    node = goal.node;
  }
  return { legs };
}

export function hopsOf({ legs }: Way): readonly Hop[] {
  return legs.flatMap(({ hops }) => hops);
}

interface Route {
  readonly prefix: string;
  readonly via?: string;
  readonly link: string;
}

/** Of the routes to the address the one with the longest prefix; undefined where that one refuses, or where there is none. */
async function lookUp(node: LabNode, address: string): Promise<Route | undefined> {
  const found = (await routesOf(node)).filter(({ prefix }) => contains(prefix, address));
  const [best] = found.toSorted((a, b) => lengthOf(b.prefix) - lengthOf(a.prefix));
  return best?.link === '' ? undefined : best;
}

const lengthOf = (prefix: string): number => parsePrefix(prefix).length;

/** Those that the kernel has, and those that it should have. */
async function routesOf(node: LabNode): Promise<readonly Route[]> {
  const { links, routes } = await node.observe();
  const wanted = node.state;
  const connected = [...links, ...wanted.links].flatMap(({ name, addresses }) =>
    addresses.map((prefix) => ({ prefix, link: name })),
  );
  const main = wanted.routes.filter(({ table }) => table === undefined);
  const others = [...routes, ...main].map((route): Route => {
    const { via, link } = { ...route, ...route.nextHops?.[0] };
    const by = link ?? connected.find(({ prefix }) => via !== undefined && contains(prefix, via))?.link ?? '';
    return { prefix: prefixOf(route.destination, via), link: by, ...(via === undefined ? {} : { via }) };
  });
  return [...connected, ...others];
}

function prefixOf(destination: string, via: string | undefined): string {
  if (destination !== 'default')
    return destination.includes('/') ? destination : `${destination}/${destination.includes(':') ? 128 : 32}`;
  return via?.includes(':') === true ? '::/0' : '0.0.0.0/0';
}

/** Who has the address, first at the other end of the cable; or who answers there for addresses that nobody has (proxy ARP). */
function holderOf(lab: Lab, { node, link }: Place, address: string): Place | undefined {
  const own = lab.node(node).state.links.find(({ name }) => name === link);
  const peer = own?.kind === 'veth' ? own.peer : undefined;
  const has = ({ addresses }: { readonly addresses: readonly string[] }): boolean =>
    addresses.some((one) => one.split('/', 1)[0] === address);
  const across = peer === undefined ? undefined : lab.nodes.get(peer.node)?.state;
  if (across?.links.some((far) => far.name === peer?.link && has(far)) === true) return peer;
  for (const { state } of lab.nodes.values()) {
    const holder = state.name === node ? undefined : state.links.find(has);
    if (holder !== undefined) return { node: state.name, link: holder.name };
  }
  return across?.role === 'host' || across?.role === 'router' ? peer : undefined;
}
