/** Routes, policy rules and forwarding entries of a namespace, with names. */
import type { ObservedFdbEntry, ObservedNextHop, ObservedNode, ObservedRoute, ObservedRule } from '../lab.js';
import { AF_INET, AF_INET6 } from '../kernel/address.js';
import * as c from '../kernel/netlink/constants.js';
import { decodeFdbEntry, forwardingDump } from '../kernel/netlink/forwarding.js';
import type { DumpedLink } from '../kernel/netlink/link.js';
import type { Message } from '../kernel/netlink/message.js';
import { dumpBodies } from '../kernel/netlink/network.js';
import { decodeRoute, type DumpedHop, type DumpedRoute, protocolName } from '../kernel/netlink/route.js';
import { decodeRule } from '../kernel/netlink/rule.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';

/** Names of links by index. */
export type Names = ReadonlyMap<number, string>;

const FAMILIES = [AF_INET, AF_INET6];
const ROUTE_KINDS: Readonly<Record<number, string>> = {
  [c.RTN_UNICAST]: 'unicast',
  [c.RTN_LOCAL]: 'local',
  [c.RTN_BLACKHOLE]: 'blackhole',
  [c.RTN_UNREACHABLE]: 'unreachable',
};

/** Of all tables, without what the kernel adds by itself. */
export function readRoutes(netlink: NetlinkSocket, names: Names): Pick<ObservedNode, 'routes' | 'otherRoutes'> {
  const dumped = FAMILIES.flatMap((family) =>
    netlink.dump(c.RTM_GETROUTE, dumpBodies.routes(family), 'routes').map(decodeRoute),
  );
  const routes = dumped.filter(({ protocol }) => protocol !== c.RTPROT_KERNEL).map((route) => toRoute(route, names));
  return { routes: routes.filter((route) => !isOther(route)), otherRoutes: routes.filter(isOther) };
}

const isOther = ({ table }: ObservedRoute): boolean => table !== undefined;

function toRoute(route: DumpedRoute, names: Names): ObservedRoute {
  const { destination, nextHops, source, metric, mtuBytes, protocol, kind, table } = route;
  return {
    destination,
    kind: ROUTE_KINDS[kind] ?? `type ${kind}`,
    protocol: protocolName(protocol),
    ...toHop(route, names),
    ...(nextHops === undefined ? {} : { nextHops: nextHops.map((hop) => toHop(hop, names)) }),
    ...(source === undefined ? {} : { source }),
    ...(metric === undefined ? {} : { metric }),
    ...(mtuBytes === undefined ? {} : { mtuBytes }),
    ...(table === c.RT_TABLE_MAIN ? {} : { table }),
  };
}

function toHop({ via, index, onLink }: DumpedHop, names: Names): ObservedNextHop {
  const link = index === undefined ? undefined : names.get(index);
  return {
    ...(via === undefined ? {} : { via }),
    ...(link === undefined ? {} : { link }),
    ...(onLink === undefined ? {} : { onLink }),
  };
}

export function readRules(netlink: NetlinkSocket): ObservedRule[] {
  return FAMILIES.flatMap((family) => netlink.dump(c.RTM_GETRULE, dumpBodies.rules(family), 'rules'))
    .map(decodeRule)
    .map((rule) => ({ ...rule, protocol: protocolName(rule.protocol) }));
}

/** Entries of all links as the kernel sends them. */
export const dumpForwarding = (netlink: NetlinkSocket): Message[] =>
  netlink.dump(c.RTM_GETNEIGH, forwardingDump, 'forwarding entries');

/** Entries of the bridges and VXLAN devices among `links`, each once, although a bridge tells it again for every VLAN. */
export function readFdb(netlink: NetlinkSocket, links: readonly DumpedLink[]): ObservedFdbEntry[] {
  const keepers = links.filter(({ kind, masterIndex }) => masterIndex !== undefined || isKeeper(kind));
  // Where there is none, nothing is asked: with a thousand containers that is what most nodes are.
  if (!links.some(({ kind }) => isKeeper(kind))) return [];
  const names: Names = new Map(keepers.map(({ index, name }) => [index, name]));
  const found = new Map<string, ObservedFdbEntry>();
  for (const message of dumpForwarding(netlink)) {
    const { index, isAddressFilter, ...entry } = decodeFdbEntry(message);
    const link = names.get(index);
    if (link === undefined || isAddressFilter) continue;
    found.set(`${link} ${entry.mac} ${entry.destination ?? ''} ${entry.origin}`, { link, ...entry });
  }
  return [...found.values()];
}

const isKeeper = (kind: string): boolean => kind === 'bridge' || kind === 'vxlan';
