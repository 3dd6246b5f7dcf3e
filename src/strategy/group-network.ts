/** What designs that keep groups of containers apart have in common. */
import type { NodeState } from '#lab/state.js';
import type { Group } from './contract.js';

/**
 * A host that routes to no other group. It has an address in the network of every one, and would forward between them.
 * @param bridge of this group; those of other groups have the same name with another number: `br0`, `br1`
 */
export function keptApart(node: NodeState, bridge: string, group: Group | undefined): NodeState {
  if (group === undefined) return node;
  const drop = `table inet netlab {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "${bridge}" oifname "${bridge.replace(/\d+$/u, '*')}" oifname != "${bridge}" drop
  }
}
`;
  return { ...node, nftables: node.nftables + drop };
}
