/** Frames in which a machine says that it has an address. Pure. */
import { decodeArp, decodeNeighbourAdvertisement, ETHER_TYPE_ARP, ETHER_TYPE_IPV6 } from '#lab/frames.js';

const etherTypeOffset = 12;

export interface Announcement {
  /** The address that the sender says it has. */
  readonly address: string;
  /** The sender's MAC. */
  readonly mac: string;
  readonly kind: 'ARP reply' | 'ARP request' | 'neighbour advertisement';
  /** MAC that it is meant for; absent when for all. */
  readonly to?: string;
  /** True for the answer to a probe whose sender has no address yet. */
  readonly answersProbe: boolean;
}

/** @returns undefined for any other frame, and for an ARP probe, whose sender says nothing of itself */
export function readAnnouncement(frame: Buffer): Announcement | undefined {
  const etherType = frame.length < etherTypeOffset + 2 ? undefined : frame.readUInt16BE(etherTypeOffset);
  if (etherType === ETHER_TYPE_ARP) return readArp(frame);
  return etherType === ETHER_TYPE_IPV6 ? readAdvertisement(frame) : undefined;
}

function readArp(frame: Buffer): Announcement | undefined {
  const arp = decodeArp(frame);
  if (arp === undefined || arp.senderAddress === '0.0.0.0') return undefined;
  const { operation, senderAddress: address, senderMac: mac, targetMac, targetAddress } = arp;
  if (operation === 'request') return { address, mac, kind: 'ARP request', answersProbe: false };
  return { address, mac, kind: 'ARP reply', to: targetMac, answersProbe: targetAddress === '0.0.0.0' };
}

function readAdvertisement(frame: Buffer): Announcement | undefined {
  const advertisement = decodeNeighbourAdvertisement(frame);
  if (advertisement === undefined) return undefined;
  const { targetAddress: address, targetMac, sourceMac, solicited } = advertisement;
  // RFC 4861, section 7.2.4: an answer to a solicitation from :: is not marked as solicited.
  return { address, mac: targetMac ?? sourceMac, kind: 'neighbour advertisement', answersProbe: !solicited };
}
