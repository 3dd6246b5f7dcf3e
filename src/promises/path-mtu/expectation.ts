/** What each direction is expected to carry, and what its sender may send, by the plan. */
import type { Endpoint, Plan } from '../../plan/plan.js';
import { hostMtuBytes, pairEnd, pairMtu, type PairEnd } from '../../plan/pair-mtu.js';

export interface Expectation {
  /** The largest IP packet that arrives, in bytes. */
  readonly predictedBytes: number;
  /** Less than predicted where a tunnel finds the size by trying, and may settle on so little. */
  readonly leastBytes: number;
  /** Hosts that pass it on, where a spanning tree leads by them. */
  readonly by: readonly string[];
  /** What may arrive at most, in bytes: more than predicted where a spanning tree may come to lead otherwise. */
  readonly mostBytes: number;
  /** MTU of the sender's interface in bytes; a probe endpoint stands for the containers of its host. */
  readonly sentBytes: number;
}

/** Looks directions up in a plan. */
export function expectationsOf(plan: Plan): (from: Endpoint, to: Endpoint) => Expectation {
  const containers = plan.cluster.hosts.flatMap(({ containers: own }) => own);
  const planned = new Map(containers.map((container) => [container.name, pairEnd(plan, container)]));
  const largest = new Map<string, number>();
  for (const { host, mtuBytes } of planned.values()) largest.set(host, Math.max(largest.get(host) ?? 0, mtuBytes));
  const endOf = ({ node, host = '' }: Endpoint): PairEnd => planned.get(node) ?? { host };
  return (from, to) => {
    const { bytes, leastBytes, by, otherwiseBytes } = pairMtu(plan.mtu, endOf(from), endOf(to));
    const sentBytes = endOf(from).mtuBytes ?? largest.get(from.host ?? '') ?? hostMtuBytes(plan, from.host ?? '');
    return { predictedBytes: bytes, leastBytes, by, mostBytes: Math.max(bytes, otherwiseBytes), sentBytes };
  };
}

/** MTU that each container's interface has by the plan, in bytes. */
export function plannedInterfaces(plan: Plan): ReadonlyMap<string, number> {
  const containers = plan.cluster.hosts.flatMap(({ containers: own }) => own);
  return new Map(containers.map((container) => [container.name, pairEnd(plan, container).mtuBytes]));
}
