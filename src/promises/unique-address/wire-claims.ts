/** Is what a machine says of itself on the wire a claim to somebody else's address? Pure. */
import type { Endpoint } from '../../plan/plan.js';
import type { Holders } from '../../probes/holders.js';
import type { Claim } from './duplicates.js';
import type { Announcement } from './wire-announcements.js';

/** An endpoint's link as it is now. */
export interface Station {
  readonly endpoint: Endpoint;
  readonly mac: string;
}

export interface ClaimContext {
  readonly holders: Holders;
  readonly stations: readonly Station[];
}

/**
 * @param listener whose link the frame was seen on
 * @param outgoing true when the listener sent it
 */
export function claimOf(
  context: ClaimContext,
  listener: Station,
  announcement: Announcement,
  outgoing: boolean,
): Claim | undefined {
  return outgoing ? answerToOther(context, listener, announcement) : claimToOwn(context, listener, announcement);
}

/** Somebody else says that he has the listener's own address. */
function claimToOwn(
  { holders }: ClaimContext,
  { endpoint, mac }: Station,
  announcement: Announcement,
): Claim | undefined {
  const { address } = announcement;
  if (address !== endpoint.ipv4 && address !== endpoint.ipv6) return undefined;
  const others = holders
    .ofMac(announcement.mac)
    .map(({ node }) => node)
    .filter((node) => node !== endpoint.node);
  // The listener's own frame, come back through a loop.
  if (others.length === 0 && announcement.mac === mac) return undefined;
  return claim(address, endpoint.node, others, announcement);
}

/**
 * The listener answered the probe of an address's owner. Where both have the same MAC too, which is made of the address,
 * the owner never hears that: the bridge between them thinks that the answer has come back to where it came from.
 */
function answerToOther({ stations }: ClaimContext, listener: Station, announcement: Announcement): Claim | undefined {
  if (announcement.kind !== 'ARP reply' || !announcement.answersProbe) return undefined;
  const owner = stations.find(
    ({ endpoint, mac }) =>
      endpoint.node !== listener.endpoint.node && endpoint.ipv4 === announcement.address && mac === announcement.to,
  );
  return owner && claim(announcement.address, owner.endpoint.node, [listener.endpoint.node], announcement);
}

function claim(address: string, owner: string, claimants: readonly string[], { kind, mac }: Announcement): Claim {
  const who = claimants.length === 0 ? `a machine that is no node (${mac})` : `${claimants.join(' or ')} (${mac})`;
  const words: Readonly<Record<Announcement['kind'], string>> = {
    'ARP reply': `${who} answered the ARP probe of ${owner} for ${address}`,
    'ARP request': `${who} sent ARP requests as ${address}`,
    'neighbour advertisement': `${who} advertised ${address} to ${owner}`,
  };
  return { address, owner, claimants, words: words[kind] };
}
