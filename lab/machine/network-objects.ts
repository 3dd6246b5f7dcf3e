/** Links, addresses, routes, rules and permanent neighbours of the namespace that this process is in. */
import { formatAddress } from '../kernel/address.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import * as c from '../kernel/netlink/constants.js';
import { decodeLink } from '../kernel/netlink/link.js';
import { type Attributes, decodeAttributes, decodeText, type Message } from '../kernel/netlink/message.js';
import { decodeAddress, decodeNeighbour, dumpBodies } from '../kernel/netlink/network.js';
import { decodeRoute } from '../kernel/netlink/route.js';
import { NetlinkSocket } from '../kernel/netlink/socket.js';

/** Name in words to the properties that count. Two equal objects have equal entries. */
export type Objects = Readonly<Record<string, string>>;

export interface NetworkObjects {
  readonly links: Objects;
  readonly addresses: Objects;
  /** Routes of all tables. */
  readonly routes: Objects;
  readonly rules: Objects;
  readonly neighbours: Objects;
}

/** Every family at once (AF_UNSPEC, linux/socket.h). */
const ALL_FAMILIES = 0;
/** Families that have routes and rules; the last two are multicast routing (RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR). */
const FAMILIES = new Map([
  [2, 'IPv4'],
  [10, 'IPv6'],
  [128, 'IPv4 multicast'],
  [129, 'IPv6 multicast'],
]);
/** linux/rtnetlink.h: expiry, use counters and such, which change by themselves. */
const RTA_CACHEINFO = 12;
/** linux/fib_rules.h */
const FRA_IIFNAME = 3;
const FRA_FWMARK = 10;
const FRA_OIFNAME = 17;
const IFLA_QDISC = 6;

/** Reads all of it in the main thread's namespace; about 1 ms on a machine with a few links. */
export function readNetworkObjects(): NetworkObjects {
  const socket = NetlinkSocket.open(WHERE_WE_ARE, 'this machine');
  try {
    return readFrom(socket);
  } finally {
    socket.close();
  }
}

/** setns(2) into the namespace that one is in already needs root all the same: stay instead. */
const WHERE_WE_ARE: NetworkNamespace = { fd: -1, inode: 0, run: (work) => work(), close: () => {} };

function readFrom(socket: NetlinkSocket): NetworkObjects {
  const links = socket.dump(c.RTM_GETLINK, dumpBodies.links, 'links');
  const names = new Map(links.map((message) => [decodeLink(message).index, decodeLink(message).name]));
  const nameOf = (index: number | undefined): string => (index === undefined ? '' : (names.get(index) ?? `#${index}`));
  const addresses = socket.dump(c.RTM_GETADDR, dumpBodies.addresses, 'addresses');
  const routes = socket.dump(c.RTM_GETROUTE, dumpBodies.routes(ALL_FAMILIES), 'routes');
  const rules = socket.dump(c.RTM_GETRULE, dumpBodies.rules(ALL_FAMILIES), 'rules');
  const neighbours = socket.dump(c.RTM_GETNEIGH, dumpBodies.neighbours(ALL_FAMILIES), 'neighbours');
  return {
    links: entries(links.map((message) => describeLink(message, nameOf))),
    addresses: entries(addresses.map((message) => describeAddress(message, nameOf))),
    routes: entries(routes.filter((message) => !isCloned(message)).map((message) => describeRoute(message, nameOf))),
    rules: entries(rules.map(describeRule)),
    neighbours: entries(neighbours.filter(isPermanent).map((message) => describeNeighbour(message, nameOf))),
  };
}

type Entry = readonly [name: string, properties: string];
type NameOf = (index: number | undefined) => string;

/** Sorted, because dumps follow hash tables; objects that people cannot tell apart are joined. */
function entries(found: readonly Entry[]): Objects {
  const objects = new Map<string, string[]>();
  for (const [name, properties] of found) objects.set(name, [...(objects.get(name) ?? []), properties]);
  return Object.fromEntries(
    [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, all]) => [name, all.toSorted().join(' | ')]),
  );
}

function describeLink(message: Message, nameOf: NameOf): Entry {
  const { name, kind, mac, mtuBytes, up, masterIndex } = decodeLink(message);
  const qdisc = decodeText(decodeAttributes(message.body, 16).get(IFLA_QDISC));
  const words = [kind === '' ? 'device' : kind, mac, `MTU ${mtuBytes}`, up ? 'up' : 'down', `queue ${qdisc}`];
  return [name, [...words, ...(masterIndex === undefined ? [] : [`port of ${nameOf(masterIndex)}`])].join(', ')];
}

function describeAddress(message: Message, nameOf: NameOf): Entry {
  const { address, index } = decodeAddress(message);
  return [`${address} on ${nameOf(index)}`, ''];
}

const isCloned = ({ body }: Message): boolean => (body.readUInt32LE(8) & c.RTM_F_CLONED) !== 0;

function describeRoute(message: Message, nameOf: NameOf): Entry {
  const { destination, table, via, index, metric, protocol, kind } = decodeRoute(message);
  const family = familyOf(message);
  const words = [
    family,
    destination,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(index === undefined ? [] : [`on ${nameOf(index)}`]),
  ];
  const position = `${metric === undefined ? '' : `, metric ${metric}`}, table ${table}`;
  const attributes = decodeAttributes(message.body, 12);
  return [
    `${words.join(' ')}${position}`,
    `type ${kind}, protocol ${protocol}, ${rest(attributes, [RTA_CACHEINFO, c.RTA_OIF])}`,
  ];
}

/** The properties that have no words here, as they are: enough to see that they changed. */
function rest(attributes: Attributes, without: readonly number[]): string {
  const kept = [...attributes].filter(([type]) => !without.includes(type)).toSorted(([a], [b]) => a - b);
  return kept.map(([type, value]) => `${type}=${value.toString('hex')}`).join(' ');
}

const familyOf = ({ body }: Message): string => FAMILIES.get(body.readUInt8(0)) ?? `family ${body.readUInt8(0)}`;

function describeRule(message: Message): Entry {
  const { body } = message;
  const attributes = decodeAttributes(body, 12);
  const prefix = (type: number, length: number): string => {
    const value = attributes.get(type);
    return value === undefined ? '' : `${formatAddress(value)}/${length}`;
  };
  const number = (type: number, otherwise: number): number => attributes.get(type)?.readUInt32LE(0) ?? otherwise;
  const conditions = {
    from: prefix(c.FRA_SRC, body.readUInt8(2)),
    to: prefix(c.FRA_DST, body.readUInt8(1)),
    iif: decodeText(attributes.get(FRA_IIFNAME)),
    oif: decodeText(attributes.get(FRA_OIFNAME)),
    fwmark: attributes.get(FRA_FWMARK)?.readUInt32LE(0).toString() ?? '',
  };
  const words = Object.entries(conditions).flatMap(([name, value]) => (value === '' ? [] : [` ${name} ${value}`]));
  const name = `${familyOf(message)} priority ${number(c.FRA_PRIORITY, 0)}${words.join('')} table ${number(c.FRA_TABLE, body.readUInt8(4))}`;
  return [name, `action ${body.readUInt8(7)}, flags ${body.readUInt32LE(8)}, ${rest(attributes, [])}`];
}

/** Only what someone has set: learned entries come and go, and NOARP ones are the kernel's own. */
const isPermanent = ({ body }: Message): boolean => (body.readUInt16LE(8) & c.NUD_PERMANENT) !== 0;

function describeNeighbour(message: Message, nameOf: NameOf): Entry {
  const { address, index, mac = 'no MAC' } = decodeNeighbour(message);
  return [`${address} on ${nameOf(index)}`, mac];
}
