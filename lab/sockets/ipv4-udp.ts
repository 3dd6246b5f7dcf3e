/** UDP over IPv4 (RFC 768, RFC 791) in whole Ethernet frames, for what no kernel would send: from no address, or for another MAC. */
import { internetChecksum } from './checksum.js';
import { decodeEthernet, encodeEthernet } from './ethernet.js';

export interface UdpFrame {
  readonly sourceMac: string;
  readonly destinationMac: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly data: Buffer;
}

export const ETHER_TYPE_IPV4 = 0x0800;
const PROTOCOL_UDP = 17;
const IPV4_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const TIME_TO_LIVE = 64;
/** Don't fragment, more fragments, and the offset: any but the first makes it a fragment. */
const FRAGMENT_MASK = 0x3fff;

/** Without UDP checksum, which IPv4 allows. */
export function encodeUdp(frame: UdpFrame): Buffer {
  const header = Buffer.alloc(IPV4_HEADER_BYTES);
  header[0] = 0x45;
  header.writeUInt16BE(IPV4_HEADER_BYTES + UDP_HEADER_BYTES + frame.data.length, 2);
  header[8] = TIME_TO_LIVE;
  header[9] = PROTOCOL_UDP;
  header.set(frame.source.split('.').map(Number), 12);
  header.set(frame.destination.split('.').map(Number), 16);
  header.writeUInt16BE(internetChecksum(header), 10);
  const udp = Buffer.alloc(UDP_HEADER_BYTES);
  udp.writeUInt16BE(frame.sourcePort, 0);
  udp.writeUInt16BE(frame.destinationPort, 2);
  udp.writeUInt16BE(UDP_HEADER_BYTES + frame.data.length, 4);
  const payload = Buffer.concat([header, udp, frame.data]);
  const { destinationMac: destination, sourceMac: source } = frame;
  return encodeEthernet({ destination, source, etherType: ETHER_TYPE_IPV4, payload });
}

/** @returns undefined for anything but a whole UDP datagram over IPv4; its data is a view */
export function decodeUdp(frame: Buffer): UdpFrame | undefined {
  const ethernet = decodeEthernet(frame);
  const packet = ethernet?.payload;
  if (packet === undefined || ethernet?.etherType !== ETHER_TYPE_IPV4 || packet.length < IPV4_HEADER_BYTES)
    return undefined;
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  const isWhole = (packet.readUInt16BE(6) & FRAGMENT_MASK) === 0;
  const udp = packet.subarray(headerBytes, packet.readUInt16BE(2));
  if (packet[9] !== PROTOCOL_UDP || !isWhole || udp.length < UDP_HEADER_BYTES) return undefined;
  return {
    sourceMac: ethernet.source,
    destinationMac: ethernet.destination,
    source: packet.subarray(12, 16).join('.'),
    destination: packet.subarray(16, 20).join('.'),
    sourcePort: udp.readUInt16BE(0),
    destinationPort: udp.readUInt16BE(2),
    data: udp.subarray(UDP_HEADER_BYTES),
  };
}
