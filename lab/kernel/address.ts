/** Addresses between text and the bytes that the kernel takes. Deciding which addresses to use is not lab's business. */
import { LabError } from '../errors.js';
import { systemCall } from './libc.js';

/** Address families (linux/socket.h). */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_BRIDGE = 7;

/** An address as the kernel takes it: 4 bytes with AF_INET, 16 with AF_INET6. */
export interface PackedAddress {
  readonly family: typeof AF_INET | typeof AF_INET6;
  readonly bytes: Buffer;
}

/** @throws LabError when the text is no IPv4 or IPv6 address */
export function packAddress(text: string): PackedAddress {
  const family = text.includes(':') ? AF_INET6 : AF_INET;
  const bytes = Buffer.alloc(family === AF_INET6 ? 16 : 4);
  if (systemCall('inetPton', family, text, bytes) !== 1) throw new LabError(`"${text}" is no IP address`);
  return { family, bytes };
}

/** `10.1.0.1/16` in the kernel's form; without a length the whole address counts. */
export function packPrefix(text: string): PackedAddress & { readonly length: number } {
  const [address = '', length] = text.split('/');
  const packed = packAddress(address);
  const whole = packed.bytes.length * 8;
  const bits = length === undefined ? whole : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > whole) throw new LabError(`"${text}" has no valid prefix length`);
  return { ...packed, length: bits };
}

/** 4 or 16 bytes as text; IPv6 as RFC 5952 wants it: lower case, the longest run of two or more zero groups elided. */
export function formatAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== '0') start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

export function packMac(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll(':', ''), 'hex');
  if (bytes.length !== 6) throw new LabError(`"${text}" is no Ethernet address`);
  return bytes;
}

export function formatMac(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1:');
}
