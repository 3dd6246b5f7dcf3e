/** Reads what of a node the kernel may take away when a link changes. */
import { readdirSync, readFileSync } from 'node:fs';
import { AF_INET, AF_INET6 } from '../kernel/address.js';
import * as c from '../kernel/netlink/constants.js';
import { decodeAttributes, type Message } from '../kernel/netlink/message.js';
import { decodeAddress, decodeNeighbour, dumpBodies, neighbourHeader } from '../kernel/netlink/network.js';
import { decodeRoute, protocolName } from '../kernel/netlink/route.js';
import { secondsLeft } from '../kernel/netlink/saved.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { Remembered, RememberedEntry, RememberedLink } from '../remembered.js';
import { readGroups } from './groups.js';
import { readLinks } from './observe.js';

/** linux/if_addr.h: who made an address; since Linux 5.18. */
const IFA_PROTO = 11;
const IFAPROT_KERNEL_RA = 2;
const IFA_F_TEMPORARY = 0x01;
const NTF_PROXY = 0x08;

/** Who changes routes as its links and neighbours change, and puts them back by itself: no business of others. */
const ALIVE = /^(?:redirect|kernel|zebra|bird|keepalived|babel|bgp|isis|ospf|rip|eigrp)$/u;

type Names = ReadonlyMap<number, string>;

export function remember(node: { readonly netlink: NetlinkSocket; readonly namespace: NetworkNamespace }): Remembered {
  const links = readLinks(node.netlink).map(({ name, index, kind, mac, mtuBytes }) => ({
    name,
    index,
    kind,
    mac,
    mtuBytes,
  }));
  return {
    atMs: performance.now(),
    links,
    entries: readEntries(node.netlink, links),
    sysctls: node.namespace.run(() => readInterfaceSysctls(links)),
    groups: node.namespace.run(readGroups),
  };
}

export function readEntries(netlink: NetlinkSocket, links: readonly RememberedLink[]): readonly RememberedEntry[] {
  const names: Names = new Map(links.map(({ index, name }) => [index, name]));
  const families = [AF_INET, AF_INET6];
  return [
    ...netlink.dump(c.RTM_GETADDR, dumpBodies.addresses, 'addresses').flatMap((one) => addressEntry(one, names)),
    ...families.flatMap((family) =>
      [0, NTF_PROXY].flatMap((flags) =>
        netlink
          .dump(c.RTM_GETNEIGH, neighbourHeader(family, 0, 0, flags), 'neighbours')
          .flatMap((one) => neighbourEntry(one, names, flags === NTF_PROXY)),
      ),
    ),
    ...families.flatMap((family) =>
      netlink.dump(c.RTM_GETROUTE, dumpBodies.routes(family), 'routes').flatMap((one) => routeEntry(one, names)),
    ),
  ];
}

const familyOf = (body: Buffer): 'ipv4' | 'ipv6' => (body.readUInt8(0) === AF_INET6 ? 'ipv6' : 'ipv4');

function addressEntry(message: Message, names: Names): RememberedEntry[] {
  const { body } = message;
  const { index, address } = decodeAddress(message);
  const link = names.get(index);
  // Privacy addresses come and go (RFC 8981).
  if (link === undefined || (familyOf(body) === 'ipv6' && (body.readUInt8(2) & IFA_F_TEMPORARY) !== 0)) return [];
  const maker = decodeAttributes(body, 8).get(IFA_PROTO)?.readUInt8(0);
  const leased = Number.isFinite(secondsLeft(body)) ? 'lease' : 'anybody';
  const owner = maker === IFAPROT_KERNEL_RA ? 'router' : leased;
  return [{ kind: 'address', words: `address ${address} on ${link}`, link, family: familyOf(body), owner, body }];
}

function neighbourEntry(message: Message, names: Names, isProxy: boolean): RememberedEntry[] {
  const { index, address, permanent } = decodeNeighbour(message);
  const link = names.get(index);
  if (link === undefined || !(permanent || isProxy)) return [];
  const words = `${isProxy ? 'proxy' : 'permanent neighbour'} ${address} on ${link}`;
  return [{ kind: 'neighbour', words, link, family: familyOf(message.body), owner: 'anybody', body: message.body }];
}

function routeEntry(message: Message, names: Names): RememberedEntry[] {
  const { body } = message;
  const route = decodeRoute(message);
  const protocol = protocolName(route.protocol);
  if ((body.readUInt32LE(8) & c.RTM_F_CLONED) !== 0 || ALIVE.test(protocol)) return [];
  const hops = route.nextHops ?? [route];
  const way = hops.map(
    ({ via, index }) =>
      (via === undefined ? '' : ` via ${via}`) + (index === undefined ? '' : ` on ${names.get(index) ?? index}`),
  );
  const table = route.table === c.RT_TABLE_MAIN ? '' : ` in table ${route.table}`;
  const owners = { ra: 'router', dhcp: 'lease' } as const;
  return [
    {
      kind: 'route',
      words: `route ${route.destination}${way.join(',')}${table}`,
      link: hops.length === 1 ? (names.get(hops[0]?.index ?? 0) ?? '') : '',
      family: familyOf(body),
      owner: owners[protocol as keyof typeof owners] ?? 'anybody',
      body,
    },
  ];
}

/** Below /proc/sys/net: what the kernel keeps for each interface. */
const FOLDERS = ['ipv4/conf', 'ipv4/neigh', 'ipv6/conf', 'ipv6/neigh'];

/** Of the namespace that the calling thread is in. */
export function readInterfaceSysctls(links: readonly Pick<RememberedLink, 'name'>[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name } of links)
    for (const folder of FOLDERS)
      for (const sysctl of listIfThere(`/proc/sys/net/${folder}/${name}`)) {
        const value = readIfReadable(`/proc/sys/net/${folder}/${name}/${sysctl}`);
        if (value !== undefined) found[sysctlName(folder, name, sysctl)] = value;
      }
  return found;
}

/** A dot of an interface's name is written as a slash. */
const sysctlName = (folder: string, link: string, sysctl: string): string =>
  ['net', ...folder.split('/'), link.replaceAll('.', '/'), sysctl].join('.');

function listIfThere(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Some can be read only once they were set. */
function readIfReadable(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}
