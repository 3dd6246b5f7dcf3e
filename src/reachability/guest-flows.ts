/** Whether a container that was just added works, or why it was not added. */
import type { Family } from '#lab/sockets.js';
import { AddressError } from '../address/error.js';
import { isUnspecified } from '../address/ip.js';
import type { Endpoint, Plan } from '../plan/plan.js';
import type { CheckContext } from '../check/contract.js';
import type { FlowRequest } from '../check/flow.js';
import { addressIn, commonFamilies } from '../probes/endpoint-choice.js';
import { observeHolders } from '../probes/holders.js';

/** What the adding gave, or the refusal. */
export async function orRefusal<T>(adding: Promise<T>): Promise<T | AddressError> {
  try {
    return await adding;
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
}

/** What is asked of containers that were just added. */
export interface GuestFlows {
  readonly requests: readonly FlowRequest[];
  /** Families in which nobody could be asked, since the peer has lost its address: `h1c1 has no 10.1.1.2`. */
  readonly unasked: readonly string[];
}

/** From a peer that has its addresses, and back. */
export async function flowsOfGuests({ plan, lab }: CheckContext, guests: readonly Endpoint[]): Promise<GuestFlows> {
  const holders = await observeHolders(lab);
  const has = (end: Endpoint, family: Family): boolean =>
    holders.ofAddress(addressIn(end, family)).some(({ node }) => node === end.node);
  const found = guests.map((guest): GuestFlows => {
    const peers = peersOf(plan, guest.host);
    const isWhole = (peer: Endpoint) => commonFamilies(guest, peer).every((family) => has(peer, family));
    const peer = peers.find(isWhole) ?? peers[0];
    if (peer === undefined) return { requests: [], unasked: [] };
    const families = commonFamilies(guest, peer);
    return {
      requests: requestsBetween(
        guest,
        peer,
        families.filter((family) => has(peer, family)),
      ),
      unasked: families
        .filter((family) => !has(peer, family))
        .map((family) => `${peer.node} has no ${addressIn(peer, family)}`),
    };
  });
  return {
    requests: found.flatMap(({ requests }) => requests),
    unasked: [...new Set(found.flatMap(({ unasked }) => unasked))],
  };
}

function requestsBetween(guest: Endpoint, peer: Endpoint, families: readonly Family[]): readonly FlowRequest[] {
  const protocols = ['icmp', 'tcp'] as const;
  return families.flatMap((family) =>
    protocols.flatMap((protocol) => [
      { from: peer, to: guest, protocol, family },
      { from: guest, to: peer, protocol, family },
    ]),
  );
}

/**
 * Who can tell whether a container of this host works, the best first: containers of other hosts, then whom the strategy does not
 * keep from it: its siblings, outsiders, hosts (its own first). Pure.
 */
export function peersOf(plan: Plan, host: string | undefined): readonly Endpoint[] {
  const isOpen = (name: keyof Plan['promises']): boolean => plan.promises[name].declared !== 'absent';
  const { endpoints } = plan;
  const inRole = (role: Endpoint['role']) => endpoints.filter((end) => end.role === role);
  const containers = inRole('container').filter(({ ipv4 }) => !isUnspecified(ipv4));
  return [
    ...containers.filter((end) => end.host !== host),
    ...(isOpen('container-to-container') ? containers.filter((end) => end.host === host) : []),
    ...(isOpen('lan-reachable') ? inRole('outsider') : []),
    ...(isOpen('host-to-container') && isOpen('container-to-host')
      ? inRole('host').toSorted((a, b) => Number(b.node === host) - Number(a.node === host))
      : []),
  ];
}
