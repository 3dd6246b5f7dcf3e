/** Giving a node back what the kernel or a service took away. */
import { changeLink } from '../kernel/netlink/link.js';
import { addAddress, addNeighbour } from '../kernel/netlink/network.js';
import { addRoute } from '../kernel/netlink/route.js';
import { parts } from '../parts.js';
import type { NodeState } from '../state.js';
import type { NetnsNode } from './node.js';
import { writeSysctls } from './sysctl.js';

/** Addresses, neighbours and routes of the node's state. What is there is refused, and so is what cannot be there yet. */
export function restoreNode(node: NetnsNode): void {
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

/** Gives the interfaces that a service has made once more what the node's state says of them. */
export function reshape(node: NetnsNode, service: string): void {
  node.refreshIndexes();
  const made = node.state.links.filter((link) => link.kind === 'daemon' && link.service === service);
  for (const { name, mtuBytes, mac, master, up = true } of made) {
    const index = node.indexOf(name) ?? 0;
    const masterIndex = master === undefined ? undefined : node.indexOf(master);
    const shape = changeLink(index, name, { mtuBytes, mac, masterIndex });
    node.netlink.execute(up ? [shape, changeLink(index, name, { up })] : [shape]);
  }
  const { own } = parts(node.state, new Set(made.map(({ name }) => name)));
  node.namespace.run(() => writeSysctls(node.name, own.sysctls));
  node.restore();
}

/** Takes out of the state what stood on other interfaces and is gone with them. @returns that part; undefined when there is none */
export function withdrawFallen(node: NetnsNode): NodeState | undefined {
  const fallen = node.state.links.filter((link) => 'parent' in link && node.indexOf(link.name) === undefined);
  return fallen.length === 0 ? undefined : node.withdraw(new Set(fallen.map(({ name }) => name)));
}
