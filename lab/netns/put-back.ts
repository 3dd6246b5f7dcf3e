/** Gives a node back what the kernel has taken from it since it was looked at (remember.ts). */
import { readFileSync, writeFileSync } from 'node:fs';
import { changeLink } from '../kernel/netlink/link.js';
import * as c from '../kernel/netlink/constants.js';
import type { Request } from '../kernel/netlink/message.js';
import { type Reindex, routePlace, savedAddress, savedNeighbour, savedRoute } from '../kernel/netlink/saved.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { Missing, Remembered, RememberedEntry, RememberedLink, RestoreLimits } from '../remembered.js';
import { goneGroups, joinAgain, lostGroups } from './groups.js';
import { readLinks } from './observe.js';
import { readEntries, readInterfaceSysctls } from './remember.js';
import { sysctlPath } from './sysctl.js';

interface Place {
  readonly name: string;
  readonly netlink: NetlinkSocket;
  readonly namespace: NetworkNamespace;
}

/** What is refused now is missing afterwards: {@link missing} tells. */
export function putBack(place: Place, before: Remembered, limits: RestoreLimits): void {
  giveMacs(place, before);
  raiseMtus(place, before, limits);
  place.namespace.run(() => writeLost(before));
  joinAgain(place, goneGroups(place, before.groups));
  askRoutersAgain(place, before);
  for (const kind of ['address', 'neighbour', 'route'] as const) {
    // A route may lead by a gateway that another one leads to.
    for (let turn = 0; turn < (kind === 'route' ? 2 : 1); turn += 1) {
      const gone = goneEntries(place, before).filter((entry) => entry.kind === kind && !isOthers(entry, limits));
      place.netlink.attempt(gone.flatMap((entry) => requests(place, before, entry)));
    }
  }
}

/** What is not as it was; what was not there before, or was changed to something else, is left out. */
export function missing(place: Place, before: Remembered): readonly Missing[] {
  const gone = goneEntries(place, before).map(({ words, owner, family }) => ({
    what: words,
    family,
    ...(owner === 'anybody' ? {} : { giver: owner }),
  }));
  const sysctls = place.namespace
    .run(() => lostSysctls(before))
    .map(([name, value]) => ({ what: `${name} = ${value}` }));
  const groups = lostGroups(place.netlink, goneGroups(place, before.groups));
  return [...missingOfLinks(place, before), ...sysctls, ...groups, ...gone].map((one) => ({
    node: place.name,
    ...one,
  }));
}

function missingOfLinks({ netlink }: Place, before: Remembered): ReadonlyArray<Omit<Missing, 'node'>> {
  const now = new Map(readLinks(netlink).map((link) => [link.name, link]));
  return before.links.flatMap((link): ReadonlyArray<Omit<Missing, 'node'>> => {
    const { name, mtuBytes, mac } = link;
    const found = now.get(name);
    if (found === undefined) return [{ what: `interface ${name}` }];
    const mtu = { what: `MTU ${mtuBytes} of ${name}`, instead: `it is ${found.mtuBytes}`, giver: 'switch' } as const;
    const others = hasOtherMac(link, found) ? [{ what: `MAC ${mac} of ${name}`, instead: `it is ${found.mac}` }] : [];
    return found.mtuBytes < mtuBytes ? [mtu, ...others] : others;
  });
}

const isOthers = ({ owner, link, family }: RememberedEntry, { leased }: RestoreLimits): boolean =>
  owner === 'router' || (owner === 'lease' && leased.some((one) => one.link === link && one.family === family));

/** An interface that was made once more has another MAC where nobody has chosen one, and perhaps the same index. */
const hasOtherMac = (before: RememberedLink, now: RememberedLink): boolean =>
  now.kind === before.kind && now.mac !== before.mac;

/** A bridge has the lowest MAC of its ports, so only they are looked at. */
function giveMacs({ netlink }: Place, before: Remembered): void {
  const had = new Map(before.links.map((link) => [link.name, link]));
  const other = readLinks(netlink).flatMap((link) => {
    const mine = had.get(link.name);
    return mine !== undefined && link.kind !== 'bridge' && hasOtherMac(mine, link)
      ? [changeLink(link.index, link.name, { mac: mine.mac })]
      : [];
  });
  netlink.attempt(other);
}

/** Children follow their parent's MTU down and not up again, as macvlan's do (macvlan_device_event): no further than another fault allows. */
function raiseMtus({ netlink }: Place, before: Remembered, { mtus }: RestoreLimits): void {
  const wanted = new Map(before.links.map(({ name, mtuBytes }) => [name, Math.min(mtuBytes, mtus[name] ?? mtuBytes)]));
  for (const ofBridges of [false, true]) {
    // A bridge has the least MTU of its ports until somebody sets its own, so it comes last, where that was not enough.
    if (ofBridges && Object.keys(mtus).length > 0) return;
    const small = readLinks(netlink).filter(
      ({ name, kind, mtuBytes }) => (kind === 'bridge') === ofBridges && mtuBytes < (wanted.get(name) ?? 0),
    );
    netlink.attempt(small.map(({ index, name }) => changeLink(index, name, { mtuBytes: wanted.get(name) })));
  }
}

/** Those that are as of a new interface: below an MTU of 1280 bytes the kernel gives up the interface's IPv6 and makes it anew. */
function lostSysctls(before: Remembered): ReadonlyArray<readonly [string, string]> {
  const now = readInterfaceSysctls([...before.links, { name: 'default' }]);
  return Object.entries(before.sysctls).filter(([name, value]) => {
    const found = now[name];
    return found !== undefined && found !== value && (now[ofNew(name)] ?? found) === found;
  });
}

/**
 * `net.ipv6.conf.default.accept_ra` of `net.ipv6.conf.br0.accept_ra`. There is none for neighbours: their parameters begin with
 * those of the machine's first namespace, which no other one sees (neigh_parms_alloc, net/core/neighbour.c).
 */
const ofNew = (name: string): string => name.split('.').with(3, 'default').join('.');

/** Writing one that the interface has not got any more is no error here. */
function writeLost(before: Remembered): void {
  for (const [name, value] of lostSysctls(before)) {
    try {
      writeFileSync(sysctlPath(name), value);
    } catch {
      // It is missing afterwards.
    }
  }
}

/** An interface whose IPv6 was made anew has begun with the sysctls of any: it begins once more with its own. */
function askRoutersAgain(place: Place, before: Remembered): void {
  const lost = goneEntries(place, before).filter(({ owner }) => owner === 'router');
  place.namespace.run(() => {
    for (const link of new Set(lost.map((entry) => entry.link))) beginIpv6(link);
  });
}

function beginIpv6(link: string): void {
  const path = `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`;
  try {
    if (readFileSync(path, 'latin1').trim() !== '0') return;
    for (const value of ['1', '0']) writeFileSync(path, value);
  } catch {
    // No IPv6, or no such interface: its entries are missing afterwards.
  }
}

function goneEntries({ netlink }: Place, before: Remembered): readonly RememberedEntry[] {
  const links = readLinks(netlink);
  const there = new Set(readEntries(netlink, links).map((entry) => identity(entry, itself)));
  const reindex = reindexing(before, links);
  const ageSeconds = ageOf(before);
  return before.entries.filter((entry) => {
    if (entry.kind === 'address' && savedAddress(Buffer.from(entry.body), ageSeconds, reindex) === undefined)
      return entry.owner === 'anybody';
    return !there.has(identity(entry, reindex));
  });
}

const ageOf = ({ atMs }: Remembered): number => Math.round((performance.now() - atMs) / 1000);

/** What tells an entry from others: of an address and a neighbour its words, of a route all that it says. */
function identity({ kind, words, body }: RememberedEntry, reindex: Reindex): string {
  if (kind !== 'route') return words;
  return savedRoute(Buffer.from(body), reindex)?.toString('hex') ?? 'gone';
}

const itself: Reindex = (index) => index;

function reindexing(
  before: Remembered,
  now: ReadonlyArray<{ readonly name: string; readonly index: number }>,
): Reindex {
  const names = new Map(before.links.map(({ index, name }) => [index, name]));
  const indexes = new Map(now.map(({ index, name }) => [name, index]));
  return (index) => indexes.get(names.get(index) ?? '');
}

function requests(place: Place, before: Remembered, entry: RememberedEntry): Request[] {
  const links = readLinks(place.netlink);
  const reindex = reindexing(before, links);
  const told = Buffer.from(entry.body);
  const object = entry.words;
  const flags = c.NLM_F_CREATE | c.NLM_F_EXCL;
  if (entry.kind === 'address') {
    const body = savedAddress(told, ageOf(before), reindex);
    return body === undefined ? [] : [{ type: c.RTM_NEWADDR, flags, body, object }];
  }
  if (entry.kind === 'neighbour') {
    const body = savedNeighbour(told, reindex);
    return body === undefined ? [] : [{ type: c.RTM_NEWNEIGH, flags: c.NLM_F_CREATE | c.NLM_F_REPLACE, body, object }];
  }
  const body = savedRoute(told, reindex);
  if (body === undefined) return [];
  return [...inItsPlace(place, body, before), { type: c.RTM_NEWROUTE, flags, body, object }];
}

/** A route of which the kernel has left a part, or whose MTU it has changed, is taken out first. */
function inItsPlace({ netlink }: Place, wanted: Buffer, before: Remembered): Request[] {
  const links = readLinks(netlink);
  const reindex = reindexing(before, links);
  const meant = new Set(before.entries.map((entry) => identity(entry, reindex)));
  return readEntries(netlink, links).flatMap((entry) => {
    const body = entry.kind === 'route' ? savedRoute(Buffer.from(entry.body), itself) : undefined;
    if (body === undefined || routePlace(body) !== routePlace(wanted) || meant.has(body.toString('hex'))) return [];
    return [{ type: c.RTM_DELROUTE, flags: 0, body, object: entry.words }];
  });
}
