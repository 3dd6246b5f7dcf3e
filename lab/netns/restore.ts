/** Giving a node back what the kernel took away. */
import { addAddress, addNeighbour } from '../kernel/netlink/network.js';
import { addRoute } from '../kernel/netlink/route.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { NodeState } from '../state.js';

/** What is asked of the node. */
interface Restorable {
  readonly state: NodeState;
  readonly netlink: NetlinkSocket;
  /** Undefined when there is no such link. */
  indexOf(link: string): number | undefined;
}

/** Addresses, neighbours and routes of the node's state. What is there is refused, and so is what cannot be there yet. */
export function restoreNode(node: Restorable): void {
  const { links, neighbours, routes } = node.state;
  const isKnown = (link: string | undefined): boolean => link === undefined || node.indexOf(link) !== undefined;
  const index = (link: string): number => node.indexOf(link) ?? 0;
  const possible = routes.filter(({ link, nextHops = [] }) =>
    [{ link }, ...nextHops].every((hop) => isKnown(hop.link)),
  );
  node.netlink.tryAll([
    ...links.flatMap(({ name, addresses }) => addresses.map((address) => addAddress(index(name), name, address))),
    ...neighbours.map((entry) => addNeighbour(index(entry.link), entry)),
    ...possible.map((route) => addRoute(route, index)),
  ]);
}
