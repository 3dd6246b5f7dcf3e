/** Whether a container that was just added works, or why it was not added. */
import { AddressError } from '../address/error.js';
import { isUnspecified } from '../address/ip.js';
import type { Endpoint, Plan } from '../plan/plan.js';
import type { FlowRequest } from '../check/flow.js';
import { commonFamilies, containersByHost } from '../probes/endpoint-choice.js';

/** What the adding gave, or the refusal. */
export async function orRefusal<T>(adding: Promise<T>): Promise<T | AddressError> {
  try {
    return await adding;
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
}

/** From a container of another host and back, where there is one. */
export function flowsOfGuest(plan: Plan, guest: Endpoint): readonly FlowRequest[] {
  const peer = peerOf(plan, guest);
  if (peer === undefined) return [];
  const protocols = ['icmp', 'tcp'] as const;
  return commonFamilies(guest, peer).flatMap((family) =>
    protocols.flatMap((protocol) => [
      { from: peer, to: guest, protocol, family },
      { from: guest, to: peer, protocol, family },
    ]),
  );
}

function peerOf(plan: Plan, guest: Endpoint): Endpoint | undefined {
  const others = [...containersByHost(plan)].filter(([host]) => host !== guest.host);
  const [other] = others.flatMap(([, containers]) => containers.filter(({ ipv4 }) => !isUnspecified(ipv4)));
  return other ?? plan.endpoints.find(({ role }) => role === 'container' || role === 'host');
}
