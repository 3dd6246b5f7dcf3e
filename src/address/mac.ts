import { AddressError, quoted } from './error.js';
import { toBytes } from './ip.js';

/**
 * Docker's scheme: 02:42 (locally administered, unicast) and the four bytes of the IPv4 address, so that a MAC is as
 * unique as the address (poor-mens-cluster-ips.txt, `ip addr show dev eth0`).
 * @throws AddressError when the address is not IPv4
 */
export function macFromIpv4(address: string): string {
  const bytes = toBytes(address);
  if (bytes.length !== 4) throw new AddressError(`a MAC is derived from an IPv4 address, not from ${quoted(address)}`);
  return formatMac(Buffer.concat([Buffer.from([0x02, 0x42]), bytes]));
}

/**
 * Reads a MAC that an interface may have, six hexadecimal bytes with colons or hyphens, and writes it in lower case with
 * colons.
 * @throws AddressError when it is malformed, a group (multicast or broadcast) address, or all zeros
 */
export function parseMac(text: string): string {
  const pattern = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/i;
  if (!pattern.test(text)) throw new AddressError(`${quoted(text)} is no MAC address, as in 02:42:0a:01:01:02`);
  const bytes = Buffer.from(text.replaceAll(/[:-]/g, ''), 'hex');
  // IEEE 802: the lowest bit of the first byte marks a group address, which no interface may have as its own.
  if ((bytes.readUInt8(0) & 1) === 1)
    throw new AddressError(`${quoted(text)} is a multicast MAC, not an interface's own`);
  if (bytes.every((byte) => byte === 0))
    throw new AddressError(`${quoted(text)} is the all-zero MAC, not an interface's own`);
  return formatMac(bytes);
}

/** Six bytes as lower-case hexadecimal with colons. @throws AddressError for another length */
export function formatMac(bytes: Uint8Array): string {
  if (bytes.length !== 6) throw new AddressError(`a MAC has 6 bytes, not ${bytes.length}`);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
