/** What the kernel has in a namespace, turned from indexes and numbers into names. */
import { groupBy } from '../group-by.js';
import { AF_INET, AF_INET6 } from '../kernel/address.js';
import * as c from '../kernel/netlink/constants.js';
import { type DumpedLink, decodeLink } from '../kernel/netlink/link.js';
import type { DumpedVxlan } from '../kernel/netlink/link-data.js';
import type { Message } from '../kernel/netlink/message.js';
import { type DumpedNeighbour, decodeAddress, decodeNeighbour, dumpBodies } from '../kernel/netlink/network.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { ObservedLink, ObservedNeighbour, ObservedNode, ObservedVxlan } from '../lab.js';
import { type Names, readFdb, readRoutes, readRules } from './observe-routing.js';

export type KernelLink = DumpedLink;

const FAMILIES = [AF_INET, AF_INET6];

export function readLinks(netlink: NetlinkSocket): KernelLink[] {
  return netlink.dump(c.RTM_GETLINK, dumpBodies.links, 'links').map(decodeLink);
}

/** Entries as the kernel sends them. */
export function dumpNeighbours(netlink: NetlinkSocket, families: readonly number[] = FAMILIES): Message[] {
  return families.flatMap((family) => netlink.dump(c.RTM_GETNEIGH, dumpBodies.neighbours(family), 'neighbours'));
}

export const readNeighbours = (netlink: NetlinkSocket): DumpedNeighbour[] =>
  dumpNeighbours(netlink).map(decodeNeighbour);

export function observeNode(name: string, netlink: NetlinkSocket): ObservedNode {
  const dumped = readLinks(netlink);
  const names = new Map(dumped.map((link) => [link.index, link.name]));
  const addresses = netlink.dump(c.RTM_GETADDR, dumpBodies.addresses, 'addresses').map(decodeAddress);
  const addressesOf = groupBy(addresses, (address) => address.index);
  const links = dumped.map((link) => toLink(link, names, addressesOf.get(link.index) ?? []));
  return {
    name,
    links,
    ...readRoutes(netlink, names),
    neighbours: toNeighbours(readNeighbours(netlink), names),
    fdb: readFdb(netlink, dumped),
    rules: readRules(netlink),
  };
}

function toLink(link: KernelLink, names: Names, found: readonly { address: string }[]): ObservedLink {
  const { masterIndex, vxlan, ...rest } = link;
  const master = masterIndex === undefined ? undefined : names.get(masterIndex);
  const addresses = found.map(({ address }) => address);
  return {
    ...rest,
    addresses,
    ...(master === undefined ? {} : { master }),
    ...(vxlan === undefined ? {} : { vxlan: toVxlan(vxlan, names) }),
  };
}

function toVxlan({ parentIndex, ...rest }: DumpedVxlan, names: Names): ObservedVxlan {
  const parent = parentIndex === undefined ? undefined : names.get(parentIndex);
  return { ...rest, ...(parent === undefined ? {} : { parent }) };
}

function toNeighbours(dumped: readonly DumpedNeighbour[], names: Names): ObservedNeighbour[] {
  return dumped.map(({ index, ...entry }) => ({ ...entry, link: names.get(index) ?? `index ${index}` }));
}
