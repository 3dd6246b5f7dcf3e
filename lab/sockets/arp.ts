/** ARP over Ethernet for IPv4 (RFC 826), and the address probe of RFC 5227. */

import { LabError } from '../errors.js';
import { AF_INET, formatAddress, formatMac, packAddress, packMac } from '../kernel/address.js';
import { BROADCAST_MAC, decodeEthernet, ETHER_TYPE_ARP, encodeEthernet } from './ethernet.js';

/** Hardware type Ethernet, protocol type IPv4, address lengths 6 and 4. */
const FIXED_HEADER = Buffer.from([0, 1, 0x08, 0, 6, 4]);
const ARP_BYTES = 28;
const REQUEST = 1;
const REPLY = 2;

export interface ArpMessage {
  readonly operation: 'request' | 'reply';
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

/**
 * "Who has this address?", asked without an address of one's own (RFC 5227, section 2.1.1): every owner answers, and nobody
 * learns anything of the asker.
 * @param senderMac Ethernet address that the owners answer to
 * @returns a whole Ethernet frame, to be broadcast
 * @throws LabError when the target is no IPv4 address
 */
export function arpProbe(senderMac: string, targetAddress: string): Buffer {
  const target = packAddress(targetAddress);
  if (target.family !== AF_INET) throw new LabError(`"${targetAddress}" is no IPv4 address`);
  const nobody = Buffer.alloc(4);
  const payload = Buffer.concat([
    FIXED_HEADER,
    Buffer.from([0, REQUEST]),
    packMac(senderMac),
    nobody,
    Buffer.alloc(6),
    target.bytes,
  ]);
  return encodeEthernet({ destination: BROADCAST_MAC, source: senderMac, etherType: ETHER_TYPE_ARP, payload });
}

/** @param frame a whole Ethernet frame @returns undefined when it is no ARP request or reply for IPv4 */
export function decodeArp(frame: Buffer): ArpMessage | undefined {
  const ethernet = decodeEthernet(frame);
  if (ethernet?.etherType !== ETHER_TYPE_ARP) return undefined;
  const { payload } = ethernet;
  if (payload.length < ARP_BYTES || !payload.subarray(0, 6).equals(FIXED_HEADER)) return undefined;
  const operation = payload.readUInt16BE(6);
  if (operation !== REQUEST && operation !== REPLY) return undefined;
  return {
    operation: operation === REQUEST ? 'request' : 'reply',
    senderMac: formatMac(payload.subarray(8, 14)),
    senderAddress: formatAddress(payload.subarray(14, 18)),
    targetMac: formatMac(payload.subarray(18, 24)),
    targetAddress: formatAddress(payload.subarray(24, 28)),
  };
}
