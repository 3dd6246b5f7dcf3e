/** What the kernel says now of interfaces and nodes, each of which may be gone. */
import type { Lab, LabNode, ObservedLink, ObservedNode } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';

/** Undefined when the node or the interface is gone. */
export async function observedLink(lab: Lab, { node, link }: LinkEnd): Promise<ObservedLink | undefined> {
  const found = await lab.nodes.get(node)?.observe();
  return found?.links.find(({ name }) => name === link);
}

/** Asks them all at once. */
export async function observeAll(nodes: Iterable<LabNode>): Promise<readonly ObservedNode[]> {
  return await Promise.all([...nodes].map((node) => node.observe()));
}
