/** Frames in which a machine says that it has an address. Pure. */
import { decodeArp, decodeNeighbourAdvertisement } from '#lab/frames.js';

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
  const arp = decodeArp(frame);
  if (arp !== undefined) {
    const { operation, senderAddress: address, senderMac: mac, targetMac, targetAddress } = arp;
    if (address === '0.0.0.0') return undefined;
    if (operation === 'request') return { address, mac, kind: 'ARP request', answersProbe: false };
    return { address, mac, kind: 'ARP reply', to: targetMac, answersProbe: targetAddress === '0.0.0.0' };
  }
  const advertisement = decodeNeighbourAdvertisement(frame);
  if (advertisement === undefined) return undefined;
  const { targetAddress: address, targetMac, sourceMac, solicited } = advertisement;
  // RFC 4861, section 7.2.4: an answer to a solicitation from :: is not marked as solicited.
  return { address, mac: targetMac ?? sourceMac, kind: 'neighbour advertisement', answersProbe: !solicited };
}
