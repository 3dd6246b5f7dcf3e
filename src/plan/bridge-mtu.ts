/**
 * The MTU of a bridge is the kernel's to choose: whenever a port comes, goes or changes, the bridge gets that of its smallest
 * port (br_mtu_auto_adjust, net/bridge/br_if.c). What it was made with lasts until the first port; only an MTU that somebody
 * sets afterwards stays. netlab sets none afterwards, as the sources' recipes do not: so a bridge follows when a port shrinks,
 * and what its host sends by it still arrives. Pure.
 */
import type { LinkState, NodeState } from '#lab/state.js';

/** Of Ethernet: what a bridge has that lost all of its ports, and most links that nobody gave an MTU. */
const etherMtuBytes = 1500;

/** @param ports their MTUs */
export function followedMtuBytes(ports: readonly number[]): number {
  return ports.length === 0 ? etherMtuBytes : Math.min(...ports);
}

/** The nodes with the MTU that each bridge will have, whatever its strategy asked for. */
export function withFollowingBridges(nodes: readonly NodeState[]): readonly NodeState[] {
  return nodes.map((node) => ({ ...node, links: node.links.map((link) => following(link, node.links)) }));
}

function following(link: LinkState, all: readonly LinkState[]): LinkState {
  if (link.kind !== 'bridge') return link;
  const ports = all.filter(({ master }) => master === link.name).map(({ mtuBytes = etherMtuBytes }) => mtuBytes);
  return ports.length === 0 ? link : { ...link, mtuBytes: followedMtuBytes(ports) };
}
