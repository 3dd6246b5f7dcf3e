/** struct sockaddr_in, sockaddr_in6 (netinet/in.h) and sockaddr_ll (linux/if_packet.h); koffi runs on little-endian machines only. */

import { LabError } from '../errors.js';
import { AF_INET, AF_INET6, formatAddress, packAddress } from '../kernel/address.js';
import type { Family } from '../sockets.js';

export const AF_PACKET = 17;

const SOCKADDR_IN_BYTES = 16;
const SOCKADDR_IN6_BYTES = 28;
const SOCKADDR_LL_BYTES = 20;

export const domainOf = (family: Family): number => (family === 'ipv4' ? AF_INET : AF_INET6);
export const anyAddress = (family: Family): string => (family === 'ipv4' ? '0.0.0.0' : '::');

/** @throws LabError when the text is no address of the family */
export function encodeSocketAddress(family: Family, address: string, port: number): Buffer {
  const encoded = Buffer.alloc(family === 'ipv4' ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES);
  encoded.writeUInt16LE(domainOf(family), 0);
  encoded.writeUInt16BE(port, 2);
  const packed = packAddress(address);
  if (packed.family !== domainOf(family)) throw new LabError(`"${address}" is no ${family} address`);
  packed.bytes.copy(encoded, family === 'ipv4' ? 4 : 8);
  return encoded;
}

/** @returns undefined when it is no internet address (AF_UNSPEC: an error without an offender) */
export function decodeSocketAddress(bytes: Buffer): { address: string; port: number } | undefined {
  const domain = bytes.length < SOCKADDR_IN_BYTES ? 0 : bytes.readUInt16LE(0);
  if (domain === AF_INET) return { address: formatAddress(bytes.subarray(4, 8)), port: bytes.readUInt16BE(2) };
  if (domain === AF_INET6) return { address: formatAddress(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) };
  return undefined;
}

/** @param link interface index, 0 for every interface */
export function encodeLinkAddress(link: number, protocol: number): Buffer {
  const encoded = Buffer.alloc(SOCKADDR_LL_BYTES);
  encoded.writeUInt16LE(AF_PACKET, 0);
  encoded.writeUInt16BE(protocol, 2);
  encoded.writeInt32LE(link, 4);
  return encoded;
}

/** PACKET_OUTGOING: what the node itself sent (linux/if_packet.h). */
const PACKET_OUTGOING = 4;

export function decodeLinkAddress(bytes: Buffer): { link: number; outgoing: boolean } {
  return { link: bytes.readInt32LE(4), outgoing: bytes[10] === PACKET_OUTGOING };
}

const CACHE_ENTRIES = 20_000;
const known = new Map<string, Buffer>();

/** The kernel refuses to send without an address (EDESTADDRREQ, EINVAL). */
const noAddress = Buffer.alloc(0);

/**
 * An address for sendto(2). Encoded ones are kept, because probes from many nodes aim at the same ones over and over.
 * @returns a Buffer that must not be changed; empty when the text is no address of the family, so that sending is refused
 */
export function socketAddress(family: Family, address: string, port: number): Buffer {
  const key = `${family} ${address} ${port}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  if (known.size >= CACHE_ENTRIES) known.clear();
  const encoded = encodedOrNone(family, address, port);
  known.set(key, encoded);
  return encoded;
}

function encodedOrNone(family: Family, address: string, port: number): Buffer {
  try {
    return encodeSocketAddress(family, address, port);
  } catch (error) {
    if (error instanceof LabError) return noAddress;
    throw error;
  }
}
