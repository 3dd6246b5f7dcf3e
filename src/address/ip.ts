/**
 * IPv4 and IPv6 addresses: the one importer of ip6addr. Prefixes are in prefix.ts. Of ip6addr only the step from IPv6
 * text to bytes is used, behind node:net's strict syntax check (inet_pton(3)), because ip6addr itself takes leading
 * zeros, mixes IPv4 with IPv4-mapped IPv6, elides a single zero group and loses carries in offset(). All arithmetic is
 * on the bytes, as bigint.
 */
import { isIP } from 'node:net';
import ip6addr from 'ip6addr';
import { AddressError, quoted } from './error.js';

/** IPv6 needs links of at least this MTU (RFC 8200, section 5); below, the kernel removes it from the interface. */
export const ipv6MinimumBytes = 1280;

export { AddressError } from './error.js';

export type Family = 'ipv4' | 'ipv6';

declare const parsed: unique symbol;

/** A parsed address. An IPv4-mapped IPv6 address is IPv6, never equal to the IPv4 address inside it. */
export interface Address {
  readonly family: Family;
  /** Canonical text: dotted quad, or RFC 5952. */
  readonly text: string;
  readonly [parsed]: 'address';
}

/** Where functions take an address, its text does as well. */
export type AddressLike = Address | string;

/** Length of an address of the family in bits. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

/**
 * Reads an address without prefix length and without zone.
 * @throws AddressError that says what is wrong
 */
export function parseAddress(text: string): Address {
  return addressOf(bytesOfText(text));
}

/** The address of 4 or 16 bytes in network order, as canonical text. @throws AddressError for another length */
export function fromBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length === 16) return formatIpv6(bytes);
  throw new AddressError(`an address has 4 or 16 bytes, not ${bytes.length}`);
}

/** The address as 4 or 16 bytes in network order. @throws AddressError when the text is no address */
export function toBytes(address: AddressLike): Buffer {
  return bytesOfText(typeof address === 'string' ? address : address.text);
}

/** @throws AddressError when the text is no address */
export function familyOf(address: AddressLike): Family {
  return typeof address === 'string' ? parseAddress(address).family : address.family;
}

/** The address that stands for none, `0.0.0.0` or `::` (RFC 1122, RFC 4291). */
export function isUnspecified(address: AddressLike): boolean {
  return toBytes(address).every((byte) => byte === 0);
}

/** True when both are the same address of the same family, however they are written. */
export function sameAddress(a: AddressLike, b: AddressLike): boolean {
  return toBytes(a).equals(toBytes(b));
}

/** The address as a number: 10.0.0.1 is 0x0a000001n. */
export function toNumber(address: AddressLike): bigint {
  return BigInt(`0x${toBytes(address).toString('hex')}`);
}

/** The address that a number stands for. @throws AddressError when the family has no such address */
export function fromNumber(family: Family, value: bigint): Address {
  const bits = bitsOf(family);
  if (value < 0n || value >> BigInt(bits) !== 0n) throw new AddressError(`${value} is no ${labels[family]} address`);
  return addressOf(Buffer.from(value.toString(16).padStart(bits / 4, '0'), 'hex'));
}

/** The address with the prefix length of its interface: `10.1.0.1/16`. @throws AddressError when either is malformed */
export function withPrefixLength(address: AddressLike, prefixLength: number): string {
  const { family, text } = typeof address === 'string' ? parseAddress(address) : address;
  checkPrefixLength(family, prefixLength);
  return `${text}/${prefixLength}`;
}

/** Takes an interface address such as `10.1.0.1/16` apart. @throws AddressError when it is malformed */
export function splitInterface(text: string): { readonly address: Address; readonly prefixLength: number } {
  const [, host = '', digits = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (digits === '') throw new AddressError(`${quoted(text)} is no address with a prefix length, as in 10.1.0.1/16`);
  const address = parseAddress(host);
  checkPrefixLength(address.family, Number(digits));
  return { address, prefixLength: Number(digits) };
}

const labels: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

function checkPrefixLength(family: Family, prefixLength: number): void {
  const bits = bitsOf(family);
  if (Number.isInteger(prefixLength) && prefixLength >= 0 && prefixLength <= bits) return;
  throw new AddressError(`an ${labels[family]} prefix length is 0 to ${bits}, not ${prefixLength}`);
}

function addressOf(bytes: Uint8Array): Address {
  const family: Family = bytes.length === 4 ? 'ipv4' : 'ipv6';
  return { family, text: fromBytes(bytes) } as Address;
}

function bytesOfText(text: string): Buffer {
  if (text.includes('%')) throw new AddressError(`${quoted(text)} names a zone; an address here has none`);
  if (text.includes('/')) throw new AddressError(`${quoted(text)} has a prefix length; an address here has none`);
  const version = isIP(text);
  if (version === 0) throw new AddressError(`${quoted(text)} is no IP address${leadingZeroNote(text)}`);
  if (version === 4) return Buffer.from(text.split('.').map(Number));
  const buffer = Buffer.alloc(16);
  ip6addr.parse(withHexTail(text)).toBuffer(buffer);
  return buffer;
}

/** ip6addr reads a dotted tail only behind `::ffff:`; RFC 4291 section 2.2 allows it behind any 96 bits. */
function withHexTail(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...digits) => {
    const hex = Buffer.from(digits.slice(0, 4).map(Number)).toString('hex');
    return `${hex.slice(0, 4)}:${hex.slice(4)}`;
  });
}

function leadingZeroNote(text: string): string {
  const dotted = /^\d{1,9}(\.\d{1,9}){3}$/.test(text) && /(^|\.)0\d/.test(text);
  return dotted ? ': numbers have no leading zeros, which some programs read as octal' : '';
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function formatIpv6(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(2 * i).toString(16));
  // RFC 5952 section 5: mixed notation where the prefix is known to carry an IPv4 address (::ffff:0:0/96).
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return `::ffff:${bytes.subarray(12).join('.')}`;
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
