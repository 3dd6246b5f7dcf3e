/**
 * The node state: what a plan wants each node to be, declared as data. One state, many readers: the netns backend
 * applies it, `netlab plan` prints it, a check compares it with what the kernel really has.
 */

import type { FdbState, LinkState, NeighbourState, RouteState, RuleState } from './network-state.js';
import type { ServiceState } from './service-state.js';

export type * from './network-state.js';

export {
  type ForwardingAgent,
  type LeaseClient,
  type ReadyCondition,
  type RoutingSession,
  type RoutingState,
  type ServiceState,
  type SwitchBridge,
  type SwitchPort,
  serviceFolder,
  servicesRoot,
} from './service-state.js';

/** What a node is in the cluster. */
export type NodeRole = 'host' | 'container' | 'outsider' | 'switch' | 'router' | 'world';

/** The whole desired state of one node. */
export interface NodeState {
  readonly name: string;
  readonly role: NodeRole;
  /** The host that runs this node; containers only. */
  readonly host?: string;
  /** Node whose network namespace this one uses instead of one of its own: `docker run --net host`. */
  readonly sharesNetworkOf?: string;
  readonly links: readonly LinkState[];
  readonly routes: readonly RouteState[];
  readonly rules: readonly RuleState[];
  readonly neighbours: readonly NeighbourState[];
  readonly fdb: readonly FdbState[];
  /** sysctl(8) names with dots to values: `net.ipv4.ip_forward` to `1`. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** An nftables ruleset as `nft -f` reads it; empty for none. */
  readonly nftables: string;
  readonly services: readonly ServiceState[];
}

/** A node with nothing in it yet, for strategies to spread from. */
export function emptyNode(name: string, role: NodeRole, host?: string): NodeState {
  const base = { name, role, links: [], routes: [], rules: [], neighbours: [], fdb: [], sysctls: {} } as const;
  return { ...base, nftables: '', services: [], ...(host === undefined ? {} : { host }) };
}
