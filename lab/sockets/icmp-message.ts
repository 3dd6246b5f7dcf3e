/** ICMP (RFC 792, RFC 1191) and ICMPv6 (RFC 4443) messages as bytes. */
import { formatAddress } from '../kernel/address.js';
import type { Family, IcmpMessage, QuotedRequest } from '../sockets.js';
import { internetChecksum } from './checksum.js';

/** Message types by family. */
export const icmpTypes = {
  ipv4: { reply: 0, unreachable: 3, request: 8, timeExceeded: 11 },
  ipv6: { unreachable: 1, tooBig: 2, timeExceeded: 3, request: 128, reply: 129 },
} as const;

/** Code of an ICMP "destination unreachable" that means "fragmentation needed and DF set". */
const FRAGMENTATION_NEEDED = 4;
const HEADER_BYTES = 8;
const IPV6_HEADER_BYTES = 40;

/** An echo request. The checksum of ICMPv6 is the kernel's work: it covers addresses that are not known here. */
export function encodeRequest(family: Family, identifier: number, sequence: number, payload: Buffer): Buffer {
  const message = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  message[0] = icmpTypes[family].request;
  message[1] = 0;
  message.writeUInt16BE(0, 2);
  message.writeUInt16BE(identifier, 4);
  message.writeUInt16BE(sequence, 6);
  payload.copy(message, HEADER_BYTES);
  if (family === 'ipv4') message.writeUInt16BE(internetChecksum(message), 2);
  return message;
}

/** @param packet an IPv4 packet with its header, as a raw socket gives it @returns undefined for other messages */
export function decodeIcmp(packet: Buffer): IcmpMessage | undefined {
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  const message = packet.subarray(headerBytes);
  if (message.length < HEADER_BYTES) return undefined;
  const address = formatAddress(packet.subarray(12, 16));
  const types = icmpTypes.ipv4;
  const code = message[1] ?? 0;
  switch (message[0]) {
    case types.request:
    case types.reply:
      return echo(message[0] === types.request ? 'request' : 'reply', address, message, packet[8]);
    case types.unreachable:
      if (code === FRAGMENTATION_NEEDED)
        return { kind: 'too-big', address, mtuBytes: message.readUInt16BE(6), ...quotedIpv4(message) };
      return { kind: 'unreachable', address, code, ...quotedIpv4(message) };
    case types.timeExceeded:
      return { kind: 'time-exceeded', address, code, ...quotedIpv4(message) };
    default:
      return undefined;
  }
}

/** @param message an ICMPv6 message without the IPv6 header, as a raw socket gives it @returns undefined for others */
export function decodeIcmpv6(message: Buffer, address: string, hopLimit: number | undefined): IcmpMessage | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const types = icmpTypes.ipv6;
  const code = message[1] ?? 0;
  switch (message[0]) {
    case types.request:
    case types.reply:
      return echo(message[0] === types.request ? 'request' : 'reply', address, message, hopLimit);
    case types.tooBig:
      return { kind: 'too-big', address, mtuBytes: message.readUInt32BE(4), ...quotedIpv6(message) };
    case types.unreachable:
      return { kind: 'unreachable', address, code, ...quotedIpv6(message) };
    case types.timeExceeded:
      return { kind: 'time-exceeded', address, code, ...quotedIpv6(message) };
    default:
      return undefined;
  }
}

function echo(kind: 'request' | 'reply', address: string, message: Buffer, hopLimit: number | undefined): IcmpMessage {
  const identifier = message.readUInt16BE(4);
  const sequence = message.readUInt16BE(6);
  const payload = Buffer.from(message.subarray(HEADER_BYTES));
  return hopLimit === undefined
    ? { kind, address, identifier, sequence, payload }
    : { kind, address, identifier, sequence, payload, hopLimit };
}

function quotedIpv4(error: Buffer): { request?: QuotedRequest } {
  const packet = error.subarray(HEADER_BYTES);
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet.length < headerBytes + HEADER_BYTES || packet[9] !== 1) return {};
  return quotedRequest(packet.subarray(headerBytes), formatAddress(packet.subarray(16, 20)), icmpTypes.ipv4.request);
}

function quotedIpv6(error: Buffer): { request?: QuotedRequest } {
  const packet = error.subarray(HEADER_BYTES);
  if (packet.length < IPV6_HEADER_BYTES + HEADER_BYTES || packet[6] !== 58) return {};
  return quotedRequest(
    packet.subarray(IPV6_HEADER_BYTES),
    formatAddress(packet.subarray(24, 40)),
    icmpTypes.ipv6.request,
  );
}

function quotedRequest(message: Buffer, destination: string, type: number): { request?: QuotedRequest } {
  if (message[0] !== type) return {};
  return { request: { destination, identifier: message.readUInt16BE(4), sequence: message.readUInt16BE(6) } };
}
