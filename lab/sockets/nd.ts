/** IPv6 neighbour discovery over Ethernet (RFC 4861), and the duplicate address detection of RFC 4862. */

import { LabError } from '../errors.js';
import { AF_INET6, formatAddress, formatMac, packAddress } from '../kernel/address.js';
import { internetChecksum } from './checksum.js';
import { decodeEthernet, ETHER_TYPE_IPV6, encodeEthernet } from './ethernet.js';

const IPV6_HEADER_BYTES = 40;
const NEXT_HEADER_ICMPV6 = 58;
/** Neighbour discovery messages that a router forwarded are void (RFC 4861, section 7.1). */
const HOP_LIMIT = 255;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
/** Type, code, checksum, flags, target. */
const MESSAGE_BYTES = 24;
const OPTION_TARGET_LINK_ADDRESS = 2;
const FLAG_SOLICITED = 0x40;
const FLAG_OVERRIDE = 0x20;

export interface NeighbourAdvertisement {
  /** Ethernet address that the frame came from. */
  readonly sourceMac: string;
  readonly sourceAddress: string;
  /** The address that the sender says it has. */
  readonly targetAddress: string;
  /** Ethernet address that the sender says it has. */
  readonly targetMac?: string;
  readonly solicited: boolean;
  readonly override: boolean;
}

/** The solicited-node multicast group of an address: ff02::1:ff and its last 24 bits (RFC 4291, section 2.7.1). */
export function solicitedNodeGroup(address: Buffer): Buffer {
  const group = Buffer.from('ff0200000000000000000001ff000000', 'hex');
  address.copy(group, 13, 13, 16);
  return group;
}

/**
 * "Who has this address?", asked from :: as duplicate address detection does (RFC 4862, section 5.4.2), so that every owner
 * answers to all nodes and nobody learns anything of the asker.
 * @returns a whole Ethernet frame, to the group's multicast address (RFC 2464, section 7)
 * @throws LabError when the target is no IPv6 address
 */
export function duplicateAddressSolicitation(senderMac: string, targetAddress: string): Buffer {
  const target = packAddress(targetAddress);
  if (target.family !== AF_INET6) throw new LabError(`"${targetAddress}" is no IPv6 address`);
  const group = solicitedNodeGroup(target.bytes);
  const message = Buffer.alloc(MESSAGE_BYTES);
  message[0] = NEIGHBOUR_SOLICITATION;
  target.bytes.copy(message, 8);
  const unspecified = Buffer.alloc(16);
  message.writeUInt16BE(icmpv6Checksum(unspecified, group, message), 2);
  return encodeEthernet({
    destination: formatMac(Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12)])),
    source: senderMac,
    etherType: ETHER_TYPE_IPV6,
    payload: Buffer.concat([ipv6Header(unspecified, group, message.length), message]),
  });
}

function ipv6Header(source: Buffer, destination: Buffer, payloadBytes: number): Buffer {
  const fixed = Buffer.alloc(8);
  fixed[0] = 6 << 4;
  fixed.writeUInt16BE(payloadBytes, 4);
  fixed[6] = NEXT_HEADER_ICMPV6;
  fixed[7] = HOP_LIMIT;
  return Buffer.concat([fixed, source, destination]);
}

/** Over the pseudo-header of RFC 8200, section 8.1, and the message with a zero checksum. */
export function icmpv6Checksum(source: Buffer, destination: Buffer, message: Buffer): number {
  const lengthAndType = Buffer.alloc(8);
  lengthAndType.writeUInt32BE(message.length, 0);
  lengthAndType[7] = NEXT_HEADER_ICMPV6;
  return internetChecksum(source, destination, lengthAndType, message);
}

/** @param frame a whole Ethernet frame @returns undefined when it is no valid neighbour advertisement */
export function decodeNeighbourAdvertisement(frame: Buffer): NeighbourAdvertisement | undefined {
  const ethernet = decodeEthernet(frame);
  if (ethernet?.etherType !== ETHER_TYPE_IPV6) return undefined;
  const packet = ethernet.payload;
  const message = packet.subarray(IPV6_HEADER_BYTES);
  if (message.length < MESSAGE_BYTES || packet[6] !== NEXT_HEADER_ICMPV6 || packet[7] !== HOP_LIMIT) return undefined;
  if (message[0] !== NEIGHBOUR_ADVERTISEMENT) return undefined;
  const flags = message[4] ?? 0;
  const targetMac = targetLinkAddress(message.subarray(MESSAGE_BYTES));
  return {
    sourceMac: ethernet.source,
    sourceAddress: formatAddress(packet.subarray(8, 24)),
    targetAddress: formatAddress(message.subarray(8, 24)),
    solicited: (flags & FLAG_SOLICITED) !== 0,
    override: (flags & FLAG_OVERRIDE) !== 0,
    ...(targetMac === undefined ? {} : { targetMac }),
  };
}

/** Looks through the options: type, length in units of 8 bytes, value. */
function targetLinkAddress(options: Buffer): string | undefined {
  for (let offset = 0; offset + 8 <= options.length; ) {
    const length = (options[offset + 1] ?? 0) * 8;
    if (length === 0) return undefined;
    if (options[offset] === OPTION_TARGET_LINK_ADDRESS) return formatMac(options.subarray(offset + 2, offset + 8));
    offset += length;
  }
  return undefined;
}
