/** Ethernet frames (IEEE 802.3, DIX framing) as bytes. */
import { formatMac, packMac } from '../kernel/address.js';

export const ETHER_TYPE_ARP = 0x0806;
export const ETHER_TYPE_IPV6 = 0x86dd;
export const ETHERNET_HEADER_BYTES = 14;
export const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff';

export interface EthernetFrame {
  /** Lower case with colons. */
  readonly destination: string;
  readonly source: string;
  readonly etherType: number;
  readonly payload: Buffer;
}

export function encodeEthernet(frame: EthernetFrame): Buffer {
  const etherType = Buffer.alloc(2);
  etherType.writeUInt16BE(frame.etherType);
  return Buffer.concat([packMac(frame.destination), packMac(frame.source), etherType, frame.payload]);
}

/** @returns undefined when there is not even a header; the payload is a view */
export function decodeEthernet(frame: Buffer): EthernetFrame | undefined {
  if (frame.length < ETHERNET_HEADER_BYTES) return undefined;
  return {
    destination: formatMac(frame.subarray(0, 6)),
    source: formatMac(frame.subarray(6, 12)),
    etherType: frame.readUInt16BE(12),
    payload: frame.subarray(ETHERNET_HEADER_BYTES),
  };
}
