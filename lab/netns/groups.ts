/**
 * Multicast groups of IPv6 that interfaces listen to. They are gone when the kernel makes an interface's IPv6 anew, below an
 * MTU of 1280 bytes and back (addrconf_notify, net/ipv6/addrconf.c): it joins its own ones again, and nobody else's.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { formatAddress } from '../kernel/address.js';
import * as c from '../kernel/netlink/constants.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import { decodeLink, type DumpedLink, isSnooping, setSnooping } from '../kernel/netlink/link.js';
import { dumpBodies } from '../kernel/netlink/network.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { Membership, Missing } from '../remembered.js';
import { readLinks } from './observe.js';

/** ff02::1:ff00:0/104 (RFC 4291, section 2.7.1): joined with each address, and left with it. */
const SOLICITED_NODE = 'ff0200000000000000000001ff';
/** RFC 4286: a bridge that snoops listens to it, so that it is told of multicast routers. */
const ALL_SNOOPERS = 'ff02::6a';
/** RFC 4291, section 2.7.1: joined as forwarding is switched on; of these only ff02::2 by IPv6 that is made anew (ipv6_add_dev). */
const ALL_ROUTERS: ReadonlySet<string> = new Set(['ff01::2', 'ff02::2', 'ff05::2']);

/** Of the namespace that the calling thread is in. */
export function readGroups(): readonly Membership[] {
  return tableOrNone().flatMap((line) => {
    const [, link = '', group = ''] = line.trim().split(/\s+/u);
    if (group.length !== 32 || group.startsWith(SOLICITED_NODE)) return [];
    return [{ link, group: formatAddress(Buffer.from(group, 'hex')) }];
  });
}

/** A kernel without IPv6 has no such file. */
function tableOrNone(): readonly string[] {
  try {
    return readFileSync('/proc/thread-self/net/igmp6', 'latin1').split('\n');
  } catch {
    return [];
  }
}

interface Listening {
  readonly netlink: NetlinkSocket;
  readonly namespace: NetworkNamespace;
}

/** Memberships that are not there now, of links that are. */
export function goneGroups({ netlink, namespace }: Listening, before: readonly Membership[]): readonly Membership[] {
  const there = new Set(readLinks(netlink).map(({ name }) => name));
  const now = new Set(namespace.run(readGroups).map(wordsOf));
  return before.filter((one) => there.has(one.link) && !now.has(wordsOf(one)));
}

const wordsOf = ({ link, group }: Membership): string => `${group} ${link}`;

/** Memberships that the kernel has of its own. */
export function joinAgain({ netlink, namespace }: Listening, gone: readonly Membership[]): void {
  joinSnoopers(netlink, gone);
  const routers = new Set(gone.flatMap(({ link, group }) => (ALL_ROUTERS.has(group) ? [link] : [])));
  namespace.run(() => routers.forEach(forwardAgain));
}

function forwardAgain(link: string): void {
  const path = `/proc/sys/net/ipv6/conf/${link}/forwarding`;
  try {
    if (readFileSync(path, 'latin1').trim() !== '1') return;
    for (const value of ['0', '1']) writeFileSync(path, value);
  } catch {
    // No such interface any more.
  }
}

/** Bridges join once more as they begin to snoop (br_multicast_toggle, net/bridge/br_multicast.c). */
function joinSnoopers(netlink: NetlinkSocket, gone: readonly Membership[]): void {
  const deaf = new Set(gone.flatMap(({ link, group }) => (group === ALL_SNOOPERS ? [link] : [])));
  if (deaf.size === 0) return;
  const bridges = snoopingBridges(netlink).filter(({ name }) => deaf.has(name));
  netlink.attempt(bridges.flatMap(({ index, name }) => [false, true].map((on) => setSnooping(index, name, on))));
}

/** Those of which the kernel has no way to join them for their sockets, in words. */
export function lostGroups(netlink: NetlinkSocket, gone: readonly Membership[]): ReadonlyArray<Omit<Missing, 'node'>> {
  if (gone.length === 0) return [];
  const snooping = new Set(snoopingBridges(netlink).map(({ name }) => name));
  // Somebody may have ended the snooping meanwhile, and the membership with it.
  const own = gone.filter(({ link, group }) => group !== ALL_SNOOPERS || snooping.has(link));
  return own.map(({ link, group }) => ({
    what: `membership of ${group} on ${link}`,
    instead: 'only who listens to it can join it again',
  }));
}

const snoopingBridges = (netlink: NetlinkSocket): readonly DumpedLink[] =>
  netlink.dump(c.RTM_GETLINK, dumpBodies.links, 'links').filter(isSnooping).map(decodeLink);
