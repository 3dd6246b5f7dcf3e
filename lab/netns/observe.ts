/** What the kernel has in a namespace, turned from indexes and numbers into names. */
import { groupBy } from '../group-by.js';
import type { ObservedLink, ObservedNeighbour, ObservedNode, ObservedRoute } from '../lab.js';
import { AF_INET, AF_INET6 } from '../kernel/address.js';
import * as c from '../kernel/netlink/constants.js';
import { type DumpedLink, decodeLink } from '../kernel/netlink/link.js';
import {
  type DumpedNeighbour,
  type DumpedRoute,
  decodeAddress,
  decodeNeighbour,
  decodeRoute,
  dumpBodies,
} from '../kernel/netlink/network.js';
import type { Message } from '../kernel/netlink/message.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';

export type KernelLink = DumpedLink;

const FAMILIES = [AF_INET, AF_INET6];
const ROUTE_KINDS: Readonly<Record<number, string>> = {
  [c.RTN_UNICAST]: 'unicast',
  [c.RTN_BLACKHOLE]: 'blackhole',
  [c.RTN_UNREACHABLE]: 'unreachable',
};

export function readLinks(netlink: NetlinkSocket): KernelLink[] {
  return netlink.dump(c.RTM_GETLINK, dumpBodies.links, 'links').map(decodeLink);
}

/** Entries of both families as the kernel sends them. */
export function dumpNeighbours(netlink: NetlinkSocket): Message[] {
  return FAMILIES.flatMap((family) => netlink.dump(c.RTM_GETNEIGH, dumpBodies.neighbours(family), 'neighbours'));
}

export const readNeighbours = (netlink: NetlinkSocket): DumpedNeighbour[] =>
  dumpNeighbours(netlink).map(decodeNeighbour);

export function observeNode(name: string, netlink: NetlinkSocket): ObservedNode {
  const dumped = readLinks(netlink);
  const names = new Map(dumped.map((link) => [link.index, link.name]));
  const addresses = netlink.dump(c.RTM_GETADDR, dumpBodies.addresses, 'addresses').map(decodeAddress);
  const addressesOf = groupBy(addresses, (address) => address.index);
  const links = dumped.map((link) => toLink(link, names, addressesOf.get(link.index) ?? []));
  return { name, links, routes: readRoutes(netlink, names), neighbours: toNeighbours(readNeighbours(netlink), names) };
}

function toLink(
  link: KernelLink,
  names: ReadonlyMap<number, string>,
  found: readonly { address: string }[],
): ObservedLink {
  const { masterIndex, ...rest } = link;
  const master = masterIndex === undefined ? undefined : names.get(masterIndex);
  const addresses = found.map(({ address }) => address);
  return { ...rest, addresses, ...(master === undefined ? {} : { master }) };
}

function readRoutes(netlink: NetlinkSocket, names: ReadonlyMap<number, string>): ObservedRoute[] {
  const dumped = FAMILIES.flatMap((family) =>
    netlink.dump(c.RTM_GETROUTE, dumpBodies.routes(family), 'routes').map(decodeRoute),
  );
  const chosen = dumped.filter((route) => route.table === c.RT_TABLE_MAIN && route.protocol !== c.RTPROT_KERNEL);
  return chosen.map((route) => toRoute(route, names));
}

function toRoute(route: DumpedRoute, names: ReadonlyMap<number, string>): ObservedRoute {
  const link = route.index === undefined ? undefined : names.get(route.index);
  return {
    destination: route.destination,
    kind: ROUTE_KINDS[route.kind] ?? `type ${route.kind}`,
    ...(route.via === undefined ? {} : { via: route.via }),
    ...(link === undefined ? {} : { link }),
    ...(route.source === undefined ? {} : { source: route.source }),
    ...(route.metric === undefined ? {} : { metric: route.metric }),
  };
}

function toNeighbours(dumped: readonly DumpedNeighbour[], names: ReadonlyMap<number, string>): ObservedNeighbour[] {
  return dumped.map(({ index, ...entry }) => ({ ...entry, link: names.get(index) ?? `index ${index}` }));
}
