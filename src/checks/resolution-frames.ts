import type { Family } from '#lab/sockets.js';

/** Offsets from the Ethernet header on: ARP (RFC 826), ND behind an IPv6 header without extensions (RFC 4861). */
const ETHERTYPE_OFFSET = 12;
const ARP = { etherType: 0x0806, operation: 20, sender: 28, target: 38 } as const;
const ND = { etherType: 0x86dd, nextHeader: 20, type: 54, target: 62 } as const;
const ICMPV6 = 58;

/**
 * Whether a frame asks for the MAC address that belongs to an IP address, or answers that.
 * @param address the IP address in network order
 */
export function resolutionOf(frame: Buffer, family: Family, address: Buffer): 'question' | 'answer' | undefined {
  const at = (offset: number): boolean => frame.subarray(offset, offset + address.length).equals(address);
  const etherType = frame.length < ARP.target + 4 ? 0 : frame.readUInt16BE(ETHERTYPE_OFFSET);
  if (etherType !== (family === 'ipv4' ? ARP : ND).etherType) return undefined;
  if (family === 'ipv4') {
    const operation = frame.readUInt16BE(ARP.operation);
    if (operation === 1 && at(ARP.target)) return 'question';
    return operation === 2 && at(ARP.sender) ? 'answer' : undefined;
  }
  if (frame[ND.nextHeader] !== ICMPV6 || !at(ND.target)) return undefined;
  if (frame[ND.type] === 135) return 'question';
  return frame[ND.type] === 136 ? 'answer' : undefined;
}
