/** Prefixes (CIDR blocks) and the arithmetic of the addresses in them. */
import { AddressError, quoted } from './error.js';
import {
  type Address,
  type AddressLike,
  bitsOf,
  type Family,
  fromNumber,
  parseAddress,
  splitInterface,
  toNumber,
} from './ip.js';

declare const parsed: unique symbol;

export interface Prefix {
  readonly family: Family;
  /** Canonical text of the network: `10.1.1.0/24`, also when `10.1.1.5/24` was written. */
  readonly text: string;
  /** The first address. */
  readonly network: Address;
  /** Prefix length in bits. */
  readonly length: number;
  /** True when the written address had bits set behind the prefix length: `10.1.1.5/24`. */
  readonly hostBitsSet: boolean;
  readonly [parsed]: 'prefix';
}

/** Where functions take a prefix, its text does as well. */
export type PrefixLike = Prefix | string;

/** Reads `10.1.0.0/16`; bits behind the prefix length are dropped and remembered. @throws AddressError when malformed */
export function parsePrefix(text: string): Prefix {
  const { address, prefixLength } = splitInterface(text);
  const hostBits = BigInt(bitsOf(address.family) - prefixLength);
  const value = toNumber(address);
  const network = fromNumber(address.family, (value >> hostBits) << hostBits);
  return makePrefix(network, prefixLength, network.text !== address.text);
}

/** Reads a prefix that names a network: bits behind the prefix length are an error. @throws AddressError */
export function parseNetwork(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (!prefix.hostBitsSet) return prefix;
  throw new AddressError(`${quoted(text)} is an address inside a network; the network is ${prefix.text}`);
}

/** Number of addresses in the prefix, the first and the last included. */
export function prefixSize(prefix: PrefixLike): bigint {
  const { family, length } = asPrefix(prefix);
  return 1n << BigInt(bitsOf(family) - length);
}

/** The first address: the network itself. */
export function firstAddress(prefix: PrefixLike): Address {
  return asPrefix(prefix).network;
}

/** The last address: the broadcast address in IPv4. */
export function lastAddress(prefix: PrefixLike): Address {
  return addressAt(prefix, prefixSize(prefix) - 1n);
}

/** True when the address lies in the prefix; never across families: `::/0` holds no IPv4 address. */
export function contains(prefix: PrefixLike, address: AddressLike): boolean {
  const outer = asPrefix(prefix);
  const inner = typeof address === 'string' ? parseAddress(address) : address;
  return outer.family === inner.family && offsetIn(outer, inner) !== undefined;
}

/** True when the prefixes share an address. */
export function overlaps(a: PrefixLike, b: PrefixLike): boolean {
  const [left, right] = [asPrefix(a), asPrefix(b)];
  const [wide, narrow] = left.length <= right.length ? [left, right] : [right, left];
  return contains(wide, narrow.network);
}

/** True when every address of `inner` lies in `outer`. */
export function containsPrefix(outer: PrefixLike, inner: PrefixLike): boolean {
  return asPrefix(outer).length <= asPrefix(inner).length && overlaps(outer, inner);
}

/**
 * The address that many places behind the first one.
 * @throws AddressError when the offset is no whole number or runs out of the prefix
 */
export function addressAt(prefix: PrefixLike, offset: number | bigint): Address {
  const { family, network, text } = asPrefix(prefix);
  if (typeof offset === 'number' && !Number.isSafeInteger(offset)) {
    throw new AddressError(`an offset into ${text} is a whole number, not ${offset}`);
  }
  const distance = BigInt(offset);
  if (distance < 0n || distance >= prefixSize(prefix)) {
    throw new AddressError(`${text} has ${prefixSize(prefix)} addresses, none at offset ${offset}`);
  }
  return fromNumber(family, toNumber(network) + distance);
}

/** How many places behind the first address it is. @throws AddressError when the address lies outside */
export function offsetOf(prefix: PrefixLike, address: AddressLike): bigint {
  const outer = asPrefix(prefix);
  const inner = typeof address === 'string' ? parseAddress(address) : address;
  const offset = outer.family === inner.family ? offsetIn(outer, inner) : undefined;
  if (offset === undefined) throw new AddressError(`${inner.text} is not in ${outer.text}`);
  return offset;
}

/** The prefix itself, read from text where it is text. @throws AddressError when malformed */
export function asPrefix(prefix: PrefixLike): Prefix {
  return typeof prefix === 'string' ? parsePrefix(prefix) : prefix;
}

/** The n-th block of the given prefix length inside a prefix, counted from 0. @throws AddressError when there is none */
export function blockAt(prefix: PrefixLike, length: number, index: number): Prefix {
  const { family, text, length: outer } = asPrefix(prefix);
  if (!Number.isInteger(length) || length < outer || length > bitsOf(family)) {
    throw new AddressError(`${text} cannot be divided into blocks of prefix length ${length}`);
  }
  const size = 1n << BigInt(bitsOf(family) - length);
  return makePrefix(addressAt(prefix, BigInt(index) * size), length, false);
}

function makePrefix(network: Address, length: number, hostBitsSet: boolean): Prefix {
  return { family: network.family, text: `${network.text}/${length}`, network, length, hostBitsSet } as Prefix;
}

function offsetIn(prefix: Prefix, address: Address): bigint | undefined {
  const offset = toNumber(address) - toNumber(prefix.network);
  return offset >= 0n && offset < prefixSize(prefix) ? offset : undefined;
}
