import { parseAddress, splitInterface, withPrefixLength } from '../address/ip.js';
import { contains, parsePrefix } from '../address/prefix.js';

/** `10.1.0.1/16` in its one canonical spelling, so that texts can be compared; a bare address gets its full length. */
export function canonicalInterface(text: string): string {
  const { address, prefixLength } = splitInterface(withLength(text));
  return withPrefixLength(address, prefixLength);
}

/** An address in its one canonical spelling. */
export function canonicalAddress(text: string): string {
  return parseAddress(text).text;
}

/** The network that an interface address lies in, or a route leads to: `10.1.0.0/16` for `10.1.0.1/16`. */
export function networkOf(text: string): string {
  return parsePrefix(withLength(text)).text;
}

/** True for what the kernel gives to every IPv6 interface by itself: fe80::/10 (RFC 4291) and multicast, ff00::/8. */
export function isLinkLocal(text: string): boolean {
  const { address } = splitInterface(withLength(text));
  return contains('fe80::/10', address) || contains('ff00::/8', address);
}

function withLength(text: string): string {
  if (text.includes('/')) return text;
  return `${text}/${text.includes(':') ? 128 : 32}`;
}
