import type { Family } from '#lab/sockets.js';

/** Offsets from the Ethernet header on: ARP (RFC 826), ND behind an IPv6 header without extensions (RFC 4861). */
const ETHERTYPE_OFFSET = 12;
const ARP = { operation: 20, sender: 28, target: 38 } as const;
const ND = { etherType: 0x86dd, nextHeader: 20, type: 54, target: 62 } as const;
const ICMPV6 = 58;

/** Offsets of what tells an ICMP message: the header length and protocol of IPv4 (RFC 791), the payload behind IPv6's 40 bytes. */
const IPV4 = { etherType: 0x0800, header: 14, protocol: 23, icmp: 1 } as const;
/** Unreachable, redirect, time exceeded, parameter problem (RFC 792); types below 128 are errors (RFC 4443), 137 is a redirect. */
const ICMP_ERRORS: ReadonlySet<number | undefined> = new Set([3, 5, 11, 12]);
const ICMPV6_REDIRECT = 137;

/** Whether a frame carries an ICMP error, which quotes another packet. Not those inside of tunnels. */
export function isIcmpError(frame: Buffer): boolean {
  const etherType = frame.length < ARP.target ? 0 : frame.readUInt16BE(ETHERTYPE_OFFSET);
  if (etherType === ND.etherType) {
    const type = frame[ND.nextHeader] === ICMPV6 ? frame[ND.type] : undefined;
    return type !== undefined && (type < 128 || type === ICMPV6_REDIRECT);
  }
  if (etherType !== IPV4.etherType || frame[IPV4.protocol] !== IPV4.icmp) return false;
  return ICMP_ERRORS.has(frame[IPV4.header + ((frame[IPV4.header] ?? 0) & 0xf) * 4]);
}

/** Hardware and protocol type and length of an ARP packet for IPv4 on Ethernet, behind its EtherType. */
const ARP_START = Buffer.from('0806000108000604', 'hex');
/** The EtherType of IPv6 and the version, of which the traffic class has the other half byte. */
const IPV6_START = Buffer.from('86dd60', 'hex');

/**
 * Whether a frame asks for the MAC address that belongs to an IP address, or answers that; also inside of a tunnel that hides
 * nothing.
 * @param address the IP address in network order
 */
export function resolutionOf(frame: Buffer, family: Family, address: Buffer): 'question' | 'answer' | undefined {
  const start = family === 'ipv4' ? ARP_START : IPV6_START;
  for (let at = frame.indexOf(start); at >= 0; at = frame.indexOf(start, at + 1)) {
    // As if the frame began 12 bytes before its EtherType, behind whatever is wrapped around it.
    if (at < ETHERTYPE_OFFSET) continue;
    const found = resolutionIn(frame.subarray(at - ETHERTYPE_OFFSET), family, address);
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolutionIn(frame: Buffer, family: Family, address: Buffer): 'question' | 'answer' | undefined {
  const at = (offset: number): boolean => frame.subarray(offset, offset + address.length).equals(address);
  if (frame.length < ARP.target + 4) return undefined;
  if (family === 'ipv4') {
    const operation = frame.readUInt16BE(ARP.operation);
    if (operation === 1 && at(ARP.target)) return 'question';
    return operation === 2 && at(ARP.sender) ? 'answer' : undefined;
  }
  if (frame[ND.nextHeader] !== ICMPV6 || !at(ND.target)) return undefined;
  if (frame[ND.type] === 135) return 'question';
  return frame[ND.type] === 136 ? 'answer' : undefined;
}
