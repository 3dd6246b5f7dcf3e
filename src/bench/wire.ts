/**
 * The wire: two containers and one bare veth pair between them, no bridge, no route. What every other network is measured
 * against. No strategy, because it makes no promise and knows no hosts.
 */
import { emptyNode, type NodeState } from '#lab/state.js';

const ends = ['w1', 'w2'] as const;
/** RFC 5737, TEST-NET-1: nobody else's. */
const addresses = ['192.0.2.1/30', '192.0.2.2/30'] as const;
export const wireLink = 'eth0';

export function wireNodes(mtuBytes: number): readonly NodeState[] {
  return ends.map((name, index) => {
    const peer = { node: ends[1 - index] ?? '', link: wireLink };
    const link = { kind: 'veth', name: wireLink, mtuBytes, addresses: [addresses[index] ?? ''], peer } as const;
    return { ...emptyNode(name, 'container'), links: [link] };
  });
}
