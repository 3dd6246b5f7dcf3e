/** The address scheme of a flat cluster network, from which every address that nobody chose is derived. */
import { AddressError, type Family } from '../address/ip.js';
import {
  addressAt,
  blockAt,
  offsetOf,
  overlaps,
  type Prefix,
  parseNetwork,
  parsePrefix,
  prefixSize,
} from '../address/prefix.js';
import { type AddressRange, demandRange } from '../address/range.js';
import { maxHosts } from './limits.js';

/**
 * Host x has an address near the network's beginning and the x-th of its slices; outsiders are in the last block
 * (poor-mens-cluster-ips.txt: 10.1.0.x, 10.1.x.0/24).
 */
export interface Addressing {
  /** The network that containers have addresses of, IPv4: `10.1.0.0/16`. */
  readonly network: string;
  /** One flat IPv6 prefix beside it, at most 64 bits long; null for none. */
  readonly ipv6Network: string | null;
  /** Prefix length of a slice, in bits. */
  readonly slicePrefixLength: number;
  /** Which block of that length is the first host's slice; 0 where the network's beginning is for containers, too. */
  readonly firstSlice: number;
  /** Offset of the first host's address in the network. */
  readonly firstHost: number;
  /** Offset of the LAN's gateway in the network, where the network is the LAN and r1 is on it. */
  readonly gatewayOffset: number;
  /** Where containers have their addresses from: their host's slice, a lease, or they use their host's own. */
  readonly containers: ContainerAddresses;
  /** The addresses that leases are given from; null where there are none. */
  readonly pool: AddressRange | null;
  /** Every host hands out the same addresses, as a private network behind NAT does. */
  readonly sameSlice: boolean;
  /** Whether a host's address in the cluster is one of the network or, as where it routes, that on its LAN. */
  readonly hostsOn: 'network' | 'lan';
  /** The hosts' LAN where it is another network than that of the containers; null where the LAN is that network. */
  readonly lan: NetworkPair | null;
  /** Whether the strategy keeps groups of containers apart, each in a network of its own: the ones after `network`. */
  readonly groupNetworks: boolean;
  /** How hosts reach r1: by an interface of their own, `eth0`, or by the LAN. Routed underlays know only the latter. */
  readonly uplinkBy: 'eth0' | 'lan';
  /** Between r1 (.1) and eth0 of the hosts (.10+x), or the routers of the sites. */
  readonly uplink: NetworkPair;
  /** Between r1 (.1) and world (.2). */
  readonly world: NetworkPair;
}

export type ContainerAddresses = 'slice' | 'lease' | 'host';

export interface NetworkPair {
  readonly ipv4: string;
  readonly ipv6: string | null;
}

/**
 * The scheme with its defaults: the sources' 10.1.0.0/16 and /24; RFC 5737 and RFC 3849 documentation networks outside
 * the cluster; a unique local IPv6 prefix (RFC 4193) that repeats the IPv4 network: fd00:10:1::/64 for 10.1.0.0.
 * @throws AddressError when a network is malformed or its slices do not fit
 */
export function addressingFor(choice: Partial<Addressing> = {}): Addressing {
  const network = choice.network ?? '10.1.0.0/16';
  checkFamily(network, 'ipv4');
  const addressing: Addressing = {
    network,
    ipv6Network: choice.ipv6Network === undefined ? uniqueLocalPrefix(network) : choice.ipv6Network,
    slicePrefixLength: choice.slicePrefixLength ?? 24,
    firstSlice: choice.firstSlice ?? 1,
    firstHost: choice.firstHost ?? 1,
    gatewayOffset: choice.gatewayOffset ?? 1,
    containers: choice.containers ?? 'slice',
    pool: choice.pool ?? null,
    sameSlice: choice.sameSlice ?? false,
    hostsOn: choice.hostsOn ?? 'network',
    groupNetworks: choice.groupNetworks ?? false,
    lan: choice.lan ?? null,
    uplinkBy: choice.uplinkBy ?? 'eth0',
    uplink: choice.uplink ?? { ipv4: '192.0.2.0/24', ipv6: '2001:db8:0:1::/64' },
    world: choice.world ?? { ipv4: '198.51.100.0/24', ipv6: '2001:db8:0:2::/64' },
  };
  checkAddressing(addressing);
  return addressing;
}

/** The scheme of a group: as many networks further on as its index says. @throws AddressError when there is none left */
export function schemeOfGroup(addressing: Addressing, index: number): Addressing {
  if (index === 0) return addressing;
  const { network, ipv6Network } = addressing;
  const ipv6 = ipv6Network && furtherNetwork(ipv6Network, index);
  return addressingFor({ ...addressing, network: furtherNetwork(network, index), ipv6Network: ipv6 });
}

/** Networks for groups follow each other in a prefix that is so many bits shorter. */
const groupBits = 8;

function furtherNetwork(prefix: string, steps: number): string {
  const { network, length } = parseNetwork(prefix);
  const parent = parsePrefix(`${network.text}/${length - groupBits}`);
  const position = Number(offsetOf(parent, network) / prefixSize(prefix));
  return blockAt(parent, length, position + steps).text;
}

/** The LAN of hosts whose containers are in another network, unless the strategy chooses one (RFC 1918, RFC 4193). */
export const separateLan: NetworkPair = { ipv4: '172.16.0.0/16', ipv6: 'fd00:172:16::/48' };

/** How many hosts and how many outsiders the scheme has addresses for. */
export function capacityOf(addressing: Addressing): { hosts: number; outsiders: number } {
  const { network, slicePrefixLength, firstSlice, firstHost, lan } = addressing;
  const prefix = parseNetwork(network);
  const blocks = 2 ** (slicePrefixLength - prefix.length);
  // The first block's .0 is the network's own address, the last block's last is the broadcast address.
  const perBlock = Number(prefixSize(blockAt(prefix, slicePrefixLength, 0))) - 2;
  const inHostBlock = perBlock + 1 - (firstHost % (perBlock + 2));
  const slices = hasOwnSlices(addressing) ? blocks - firstSlice - (lan === null ? 1 : 0) : maxHosts;
  const hosts = addressing.hostsOn === 'lan' ? maxHosts : inHostBlock;
  return {
    hosts: Math.max(0, Math.min(maxHosts, slices, hosts)),
    outsiders: lan === null ? Math.max(0, perBlock) : outsidersOnLan,
  };
}

/** Whether each host hands out addresses of a block that no other host has. */
export function hasOwnSlices({ containers, sameSlice }: Addressing): boolean {
  return containers === 'slice' && !sameSlice;
}

/** The address of host x on the cluster network when nobody chose one: 10.1.0.x. */
export function hostAddress({ network, firstHost }: Addressing, index: number): string {
  return addressAt(network, firstHost + index - 1).text;
}

/** The slice of host x when nobody chose one: 10.1.x.0/24; the whole network where hosts have none of their own. */
export function hostSlice(addressing: Addressing, index: number): string {
  const { network, slicePrefixLength, firstSlice } = addressing;
  return hasOwnSlices(addressing) ? blockAt(network, slicePrefixLength, firstSlice + index - 1).text : network;
}

/** The address of outsider x when nobody chose one, in the last block of the network: 10.1.255.x. */
export function outsiderAddress({ network, slicePrefixLength }: Addressing, index: number): string {
  const last = 2 ** (slicePrefixLength - parseNetwork(network).length) - 1;
  return addressAt(blockAt(network, slicePrefixLength, last), index).text;
}

/** Address of host x on the uplink: .10+x, and .2 to .7 for the last hosts for which a /24 has no such address. */
export function uplinkOffset(index: number): number {
  return index <= 244 ? 10 + index : index - 243;
}

/**
 * The IPv6 address that repeats an IPv4 address in readable form: 10.1.1.2 is ::10:1:1:2 in the prefix. Unique because
 * each byte's decimal digits, read as hexadecimal, give one group each.
 */
export function ipv6Of(prefix: string, ipv4: string): string {
  const identifier = ipv4.split('.').reduce((bits, byte) => (bits << 16n) | BigInt(`0x${byte}`), 0n);
  return addressAt(prefix, identifier).text;
}

/** The n-th address of a small network outside the cluster; in IPv6 the decimal digits are kept: .12 is ::12. */
export function numbered(network: string, family: Family, offset: number): string {
  return addressAt(network, family === 'ipv4' ? BigInt(offset) : BigInt(`0x${offset}`)).text;
}

function uniqueLocalPrefix(network: string): string {
  const [a, b, c] = parseNetwork(network).network.text.split('.');
  return parseNetwork(`fd00:${a}:${b}:${c}::/64`).text;
}

function checkAddressing(addressing: Addressing): void {
  const { network, ipv6Network, slicePrefixLength, uplink, world, lan } = addressing;
  checkNetwork(network, 'ipv4', [uplink.ipv4, world.ipv4, lan?.ipv4 ?? null]);
  if (hasOwnSlices(addressing)) checkSlices(parseNetwork(network), slicePrefixLength);
  if (addressing.pool !== null) demandRange(network, addressing.pool);
  if (ipv6Network === null) return;
  checkNetwork(ipv6Network, 'ipv6', [uplink.ipv6, world.ipv6, lan?.ipv6 ?? null]);
  if (parseNetwork(ipv6Network).length > 64) throw new AddressError(`${ipv6Network} is longer than 64 bits`);
}

/** Prefixes from which the kernel gives no interface an ordinary address (RFC 6890, RFC 4291). */
const unusable = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/8', 'fe80::/10', 'ff00::/8'];

function checkNetwork(network: string, family: Family, others: ReadonlyArray<string | null>): void {
  const prefix = checkFamily(network, family);
  const reserved = unusable.find((other) => overlaps(prefix, other));
  if (reserved !== undefined) throw new AddressError(`${network} overlaps ${reserved}, which is no unicast network`);
  const twin = others.find((other) => other !== null && overlaps(prefix, other));
  if (twin) throw new AddressError(`${network} overlaps ${twin}, which the lab uses between the hosts and the world`);
}

function checkFamily(network: string, family: Family): Prefix {
  const prefix = parseNetwork(network);
  if (prefix.family === family) return prefix;
  throw new AddressError(`${network} is not ${family === 'ipv4' ? 'IPv4' : 'IPv6'}, which is needed here`);
}

/** Outsiders on a LAN of its own: .100 to .249 of a routed site. */
const outsidersOnLan = 150;

function checkSlices(network: Prefix, slicePrefixLength: number): void {
  // Two blocks are the hosts' and the outsiders'; /30 is the smallest slice with an address for a container.
  const [shortest, longest] = [network.length + 2, 30];
  const fits = slicePrefixLength >= shortest && slicePrefixLength <= longest;
  if (Number.isInteger(slicePrefixLength) && fits) return;
  const allowed = shortest > longest ? 'it is too small' : `allowed are ${shortest} to ${longest}`;
  throw new AddressError(
    `${network.text} cannot be divided into slices of prefix length ${slicePrefixLength}: ${allowed}`,
  );
}
