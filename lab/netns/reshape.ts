/** Giving links that a service has made once more, and what stands on them, what the node's state says of them. */
import { changeLink } from '../kernel/netlink/link.js';
import { parts } from '../parts.js';
import type { NodeState } from '../state.js';
import type { NetnsNode } from './node.js';
import { restoreNode } from './restore.js';
import { writeSysctls } from './sysctl.js';

/** Gives the interfaces that a service has made once more what the node's state says of them. */
export async function reshape(node: NetnsNode, service: string): Promise<void> {
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
  restoreNode(node);
}

/** Takes out of the state what stood on other interfaces and is gone with them. @returns that part; undefined when there is none */
export function withdrawFallen(node: NetnsNode): NodeState | undefined {
  const fallen = node.state.links.filter((link) => 'parent' in link && node.indexOf(link.name) === undefined);
  return fallen.length === 0 ? undefined : node.withdraw(new Set(fallen.map(({ name }) => name)));
}
