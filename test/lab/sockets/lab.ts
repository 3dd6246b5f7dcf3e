/** Small labs made by netlab's own backend, and what the flows need to know of them. */
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { emptyNode, type NodeState, type VethLink } from '#lab/state.js';
import type { Endpoint } from '#src/plan/plan.js';
import type { FlowProtocol, FlowRequest } from '#src/check/flow.js';
import { createFlows, type OwnedFlows } from '#src/flows/flow-engine.js';

export interface TestLab {
  readonly lab: NetnsLab;
  readonly endpoints: readonly Endpoint[];
  readonly flows: OwnedFlows;
}

const address4 = (index: number): string => `10.1.${index >> 8}.${index & 255}`;
const address6 = (index: number): string => `fd00::${index.toString(16)}`;

/**
 * Containers c1, c2, ... on one bridge:
 *
 *     c1 eth0 10.1.0.1/16 fd00::1/64 ─┐
 *     c2 eth0 10.1.0.2/16 fd00::2/64 ─┼─ br0 sw
 */
export function flatLab(count: number): { states: NodeState[]; endpoints: Endpoint[] } {
  const names = Array.from({ length: count }, (_, index) => `c${index + 1}`);
  const bridge = { kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: [] } as const;
  const ports = names.map((node) => veth(`port-${node}`, { node, link: 'eth0' }, [], { master: 'br0' }));
  const containers = names.map((name, index) => ({
    ...emptyNode(name, 'container', 'sw'),
    links: [
      veth('eth0', { node: 'sw', link: `port-${name}` }, [`${address4(index + 1)}/16`, `${address6(index + 1)}/64`]),
    ],
  }));
  const states = [{ ...emptyNode('sw', 'switch'), links: [bridge, ...ports] }, ...containers];
  return { states, endpoints: names.map((name, index) => endpoint(name, index + 1)) };
}

export function endpoint(node: string, index: number): Endpoint {
  return { node, role: 'container', host: 'sw', link: 'eth0', ipv4: address4(index), ipv6: address6(index) };
}

function veth(
  name: string,
  peer: VethLink['peer'],
  addresses: readonly string[],
  more: { readonly master?: string } = {},
): VethLink {
  return { kind: 'veth', name, peer, addresses, ...more };
}

/** Builds a lab, lets a test use it, and removes it. */
export async function withLab(count: number, use: (made: TestLab) => Promise<void>): Promise<void> {
  const { states, endpoints } = flatLab(count);
  const lab = new NetnsLab(new MachineNeighbourTable(undefined), new MachineLock(undefined));
  const flows = createFlows({ lab, plan: { endpoints }, signal: new AbortController().signal });
  try {
    await lab.apply(states);
    await use({ lab, endpoints, flows });
  } finally {
    flows.close();
    await lab.remove([...lab.nodes.keys()]);
  }
}

/** A request for every ordered pair. */
export function everyPair(
  endpoints: readonly Endpoint[],
  protocol: FlowProtocol,
  family: 'ipv4' | 'ipv6' = 'ipv4',
): FlowRequest[] {
  return endpoints.flatMap((from) =>
    endpoints.filter((to) => to !== from).map((to) => ({ from, to, protocol, family })),
  );
}
