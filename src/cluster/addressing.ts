/** The address scheme of a flat cluster network, from which every address that nobody chose is derived. */
import { AddressError, type Family } from '../address/ip.js';
import { addressAt, blockAt, overlaps, type Prefix, parseNetwork, prefixSize } from '../address/prefix.js';

/**
 * Host x has the address x of the network's first block and block x as its slice; outsiders are in the last block
 * (poor-mens-cluster-ips.txt: 10.1.0.x, 10.1.x.0/24).
 */
export interface Addressing {
  /** The cluster network, IPv4: `10.1.0.0/16`. */
  readonly network: string;
  /** One flat IPv6 prefix for the same layer-2 network, at most 64 bits long; null for none. */
  readonly ipv6Network: string | null;
  /** Prefix length of a slice, in bits. */
  readonly slicePrefixLength: number;
  /** Between eth0 of the hosts and r1: r1 has .1, host x has .10+x. */
  readonly uplink: NetworkPair;
  /** Between r1 (.1) and world (.2). */
  readonly world: NetworkPair;
}

export interface NetworkPair {
  readonly ipv4: string;
  readonly ipv6: string | null;
}

/** Hosts that netlab builds at most, whatever the network could hold. */
export const maxHosts = 250;

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
    uplink: choice.uplink ?? { ipv4: '192.0.2.0/24', ipv6: '2001:db8:0:1::/64' },
    world: choice.world ?? { ipv4: '198.51.100.0/24', ipv6: '2001:db8:0:2::/64' },
  };
  checkAddressing(addressing);
  return addressing;
}

/** How many hosts and how many outsiders the scheme has addresses for. */
export function capacityOf({ network, slicePrefixLength }: Addressing): { hosts: number; outsiders: number } {
  const prefix = parseNetwork(network);
  const blocks = 2 ** (slicePrefixLength - prefix.length);
  // The first block's .0 is the network's own address, the last block's last is the broadcast address.
  const perBlock = Number(prefixSize(blockAt(prefix, slicePrefixLength, 0))) - 2;
  return { hosts: Math.max(0, Math.min(maxHosts, blocks - 2, perBlock)), outsiders: Math.max(0, perBlock) };
}

/** The address of host x on the cluster network when nobody chose one: 10.1.0.x. */
export function hostAddress({ network }: Addressing, index: number): string {
  return addressAt(network, index).text;
}

/** The slice of host x when nobody chose one: 10.1.x.0/24. */
export function hostSlice({ network, slicePrefixLength }: Addressing, index: number): string {
  return blockAt(network, slicePrefixLength, index).text;
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
  const { network, ipv6Network, slicePrefixLength, uplink, world } = addressing;
  checkNetwork(network, 'ipv4', [uplink.ipv4, world.ipv4]);
  checkSlices(parseNetwork(network), slicePrefixLength);
  if (ipv6Network === null) return;
  checkNetwork(ipv6Network, 'ipv6', [uplink.ipv6, world.ipv6]);
  if (parseNetwork(ipv6Network).length > 64) throw new AddressError(`${ipv6Network} is longer than 64 bits`);
}

/** Prefixes from which the kernel gives no interface an ordinary address (RFC 6890, RFC 4291). */
const unusable = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/8', 'fe80::/10', 'ff00::/8'];

function checkNetwork(network: string, family: Family, others: ReadonlyArray<string | null>): void {
  const prefix = checkFamily(network, family);
  const reserved = unusable.find((other) => overlaps(prefix, other));
  if (reserved !== undefined) throw new AddressError(`${network} overlaps ${reserved}, which is no unicast network`);
  const twin = others.find((other) => other !== null && overlaps(prefix, other));
  if (twin) throw new AddressError(`${network} overlaps ${twin}, which the lab uses beyond the hosts' eth0`);
}

function checkFamily(network: string, family: Family): Prefix {
  const prefix = parseNetwork(network);
  if (prefix.family === family) return prefix;
  throw new AddressError(`${network} is not ${family === 'ipv4' ? 'IPv4' : 'IPv6'}, which is needed here`);
}

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
