import type { FlowRequest } from '../check/flow.js';
import type { CheckContext } from '../check/contract.js';
import { locate } from '../trace/locate.js';

export interface FollowedTo {
  /** `left h1c1:eth0, entered h2:eth1, never left h2:veth-h2c1` */
  readonly message: string;
  /** The first place where the packet was missing, `node:link`. */
  readonly where?: string;
}

/** Sends a lost probe again and follows it: more evidence, whose failure must not take away the finding itself. */
export async function follow(context: CheckContext, flow: FlowRequest): Promise<FollowedTo | undefined> {
  try {
    return await locate(context, flow);
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
