/** Which shape stands for which interface. */
import type { LinkEnd, LinkState, NodeState, VethLink } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';

/** Above this number a host's containers are drawn as one shape. */
export const mostContainerShapes = 6;

export interface Places {
  node(name: string): NodeState | undefined;
  /** The id of the shape that the end of a cable is drawn at. */
  shapeAt(end: LinkEnd): string;
  /** A host's port to a container, which is drawn as a line alone. */
  isContainerPort(link: LinkState): link is VethLink;
  /** The shape of a host's containers, where they have one together. */
  crowdOf(host: string): string | undefined;
}

export function placesOf(plan: Plan): Places {
  const nodes = new Map(plan.nodes.map((node) => [node.name, node]));
  const crowded = new Set(
    plan.cluster.hosts.filter((host) => host.containers.length > mostContainerShapes).map(({ name }) => name),
  );
  const crowdOf = (host: string) => (crowded.has(host) ? `${host}:containers` : undefined);
  const isContainerPort = (link: LinkState): link is VethLink =>
    link.kind === 'veth' && nodes.get(link.peer.node)?.role === 'container';
  // Where no bridge has the port the host forwards by its routes: drawn at its way out.
  const behind = ({ master }: VethLink, { links }: NodeState) =>
    master ?? links.find((other) => !isContainerPort(other))?.name;
  const shapeAt = ({ node: name, link: linkName }: LinkEnd) => {
    const node = nodes.get(name);
    if (node?.role === 'container') return (node.host === undefined ? undefined : crowdOf(node.host)) ?? name;
    if (node?.role !== 'host') return name;
    const link = node.links.find((one) => one.name === linkName);
    return `${name}:${link !== undefined && isContainerPort(link) ? behind(link, node) : linkName}`;
  };
  return { node: (name) => nodes.get(name), shapeAt, isContainerPort, crowdOf };
}
