import type { FlowRequest } from '../check/flow.js';
import type { CheckContext } from '../check/contract.js';
import { locate } from '../trace/locate.js';

export interface FollowedTo {
  /** `left h1c1:eth0, entered h2:eth1, never left h2:veth-h2c1` */
  readonly message: string;
  /** The first place where the packet was missing, `node:link`. */
  readonly where?: string;
}

/**
 * Sends a lost probe again and follows it: more evidence, whose failure must not take away the finding itself.
 * @param like what those have in common for which it stands; see check/follow-ups.ts
 * @param losses how many these are
 */
export async function follow(
  context: CheckContext,
  flow: FlowRequest,
  like: string,
  losses: number,
): Promise<FollowedTo | undefined> {
  const { lab, followUps } = context;
  const { from, to, protocol, family } = flow;
  // From a host and from its containers, one suspect may lose packets at different places.
  const key = `${like}: ${from.role} to ${to.role} by ${protocol} over ${family}`;
  try {
    const place = await followUps.once(key, losses, async (signal) => await locate({ lab, signal }, flow));
    if (place === undefined || losses === 1) return place;
    return { ...place, message: `${place.message} (one of ${losses} that are alike)` };
  } catch (error) {
    context.signal.throwIfAborted();
    return { message: `it could not be followed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The router at which the packet was missing: a node between the hosts, which no list of lost flows can name. */
export function losingRouter({ plan }: CheckContext, place: FollowedTo | undefined): string | undefined {
  const name = place?.where?.split(':', 1)[0];
  return plan.nodes.find((node) => node.name === name && node.role === 'router')?.name;
}
