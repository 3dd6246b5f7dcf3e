import { emptyNode, type NodeState } from '#lab/state.js';
import { allocateContainer } from '../cluster/allocate.js';
import type { Cluster, Container } from '../cluster/cluster.js';
import { findStrategy } from '../strategy/index.js';
import { endpointOf } from './endpoint.js';
import { designFor } from './make-plan.js';
import type { Endpoint, Plan } from './plan.js';

export interface GuestOrder {
  /** Name of the new node; no node of the plan has it. */
  readonly name: string;
  readonly host: string;
  /** Which address of the host's slice. */
  readonly address: 'next' | 'last' | 'beyond-last';
  /** Interface MTU in bytes; the predicted one when absent. */
  readonly mtuBytes?: number;
}

/** A container that is not in the plan, for a check to add to the running lab. */
export interface Guest {
  readonly container: Container;
  readonly endpoint: Endpoint;
  /** The container's node, and of its host only what the container adds to it: what `Lab.apply` takes. */
  readonly states: readonly [container: NodeState, host: NodeState];
}

/**
 * One more container, attached as the plan's strategy attaches any container. Pure: nothing is built, the plan stays as it is.
 * @param live guests that are in the lab now, whose addresses are taken
 * @throws AddressError when the slice has no such address left
 */
export function attachGuest(plan: Plan, order: GuestOrder, live: readonly Container[] = []): Guest {
  const { name, host, mtuBytes } = order;
  const { design } = designFor(plan.scenario, findStrategy(plan.strategy.name), plan.group);
  const allocated = allocateContainer(withContainers(design.cluster, live), host, { name }, order.address);
  const { container, host: additions } = design.attach(allocated, mtuBytes);
  const owner = plan.nodes.find(({ name: node }) => node === (container.sharesNetworkOf ?? name)) ?? container;
  const hostState = { ...emptyNode(host, 'host'), ...additions };
  return { container: allocated, endpoint: endpointOf(container, allocated, owner), states: [container, hostState] };
}

function withContainers(cluster: Cluster, more: readonly Container[]): Cluster {
  const hosts = cluster.hosts.map((host) => ({
    ...host,
    containers: [...host.containers, ...more.filter((container) => container.host === host.name)],
  }));
  return { ...cluster, hosts };
}
