/** Is a plan consistent in itself? What the kernel would refuse, or what no backend could build, is found here first. */
import { repeated } from '#lab/repeated.js';
import type { LinkState, NodeState, RouteState, VethLink } from '#lab/state.js';
import { maxInterfaceNameBytes } from '../strategy/interface-name.js';
import type { PlanProblem } from './problem.js';

/**
 * All contradictions of the nodes: names, both ends of every cable, masters, parents, and links that routes and the rest name.
 * Addresses are not judged: a scenario may break them on purpose.
 */
export function planProblems(nodes: readonly NodeState[]): readonly PlanProblem[] {
  const links = new Map(nodes.map((node) => [node.name, new Map(node.links.map((link) => [link.name, link]))]));
  const twins = [...new Set(repeated(nodes.map(({ name }) => name)))].map((name) => ({
    where: name,
    message: 'two nodes have this name',
  }));
  const nodeNames = new Set(links.keys());
  return [...twins, ...nodes.flatMap((node) => [...hostProblems(node, nodeNames), ...nodeProblems(node, links)])];
}

type LinksByNode = ReadonlyMap<string, ReadonlyMap<string, LinkState>>;

function hostProblems(node: NodeState, nodeNames: ReadonlySet<string>): readonly PlanProblem[] {
  if (node.role !== 'container') return [];
  if (node.host === undefined) return [{ where: node.name, message: 'is a container without a host' }];
  return nodeNames.has(node.host) ? [] : [{ where: node.name, message: `its host ${node.host} is no node` }];
}

function nodeProblems(node: NodeState, links: LinksByNode): readonly PlanProblem[] {
  const own = links.get(node.name) ?? new Map<string, LinkState>();
  const twins = [...new Set(repeated(node.links.map(({ name }) => name)))].map((name) => ({
    where: `${node.name}:${name}`,
    message: 'two links have this name',
  }));
  const inLinks = node.links.flatMap((link) =>
    linkProblems(node, link, own, links).map((message) => ({ where: `${node.name}:${link.name}`, message })),
  );
  return [...twins, ...inLinks, ...routeProblems(node), ...referenceProblems(node, own)];
}

function linkProblems(
  node: NodeState,
  link: LinkState,
  own: ReadonlyMap<string, LinkState>,
  links: LinksByNode,
): readonly string[] {
  const found = [
    nameProblem(link.name),
    masterProblem(link, own),
    link.kind === 'veth' ? cableProblem(node, link, links) : undefined,
    parentProblem(link, own, links),
  ];
  return found.filter((problem) => problem !== undefined);
}

/** dev_valid_name(), net/core/dev.c. */
function nameProblem(name: string): string | undefined {
  const bytes = Buffer.byteLength(name);
  if (bytes > maxInterfaceNameBytes) return `the name has ${bytes} bytes; the kernel takes ${maxInterfaceNameBytes}`;
  return bytes === 0 || name === '.' || name === '..' || /[/:\s]/u.test(name)
    ? 'the kernel takes no such name'
    : undefined;
}

function masterProblem(link: LinkState, own: ReadonlyMap<string, LinkState>): string | undefined {
  if (link.master === undefined) return undefined;
  const master = own.get(link.master);
  if (master === undefined) return `its master ${link.master} does not exist`;
  return master.kind === 'bridge' ? undefined : `its master ${link.master} is a ${master.kind}, no bridge`;
}

function cableProblem(node: NodeState, link: VethLink, links: LinksByNode): string | undefined {
  const far = links.get(link.peer.node)?.get(link.peer.link);
  const name = `${link.peer.node}:${link.peer.link}`;
  if (far === undefined) return `its other end ${name} does not exist`;
  if (far.kind !== 'veth') return `its other end ${name} is a ${far.kind}, no veth`;
  if (far.peer.node === node.name && far.peer.link === link.name) return undefined;
  return `its other end ${name} names ${far.peer.node}:${far.peer.link} as the end of its cable`;
}

function parentProblem(link: LinkState, own: ReadonlyMap<string, LinkState>, links: LinksByNode): string | undefined {
  if (link.kind !== 'macvlan' && link.kind !== 'vxlan') return undefined;
  const node = link.kind === 'macvlan' ? link.parentNode : undefined;
  const around = node === undefined ? own : links.get(node);
  if (link.parent === undefined || around?.has(link.parent) === true) return undefined;
  return `its parent ${node === undefined ? '' : `${node}:`}${link.parent} does not exist`;
}

function routeProblems(node: NodeState): readonly PlanProblem[] {
  return node.routes.flatMap((route) => {
    const problem = routeProblem(route);
    return problem === undefined ? [] : [{ where: node.name, message: `the route to ${route.destination} ${problem}` }];
  });
}

function routeProblem({ via, link, nextHops, kind, onLink }: RouteState): string | undefined {
  const hops = [{ via, link, onLink }, ...(nextHops ?? [])];
  const isAlone = via === undefined && link === undefined;
  if (hops.some((hop) => hop.onLink === true && hop.link === undefined)) return 'has a gateway on-link, but on no link';
  if (nextHops !== undefined) return isAlone ? undefined : 'has several next hops and one beside them';
  return isAlone && (kind ?? 'unicast') === 'unicast' ? 'has neither a gateway nor a link' : undefined;
}

/** Routes, neighbours and forwarding entries name links of their own node. */
function referenceProblems(node: NodeState, own: ReadonlyMap<string, LinkState>): readonly PlanProblem[] {
  const uses = [
    ...node.routes.flatMap(({ destination, link, nextHops = [] }) =>
      [{ link }, ...nextHops].map((hop) => ({ what: `the route to ${destination}`, link: hop.link })),
    ),
    ...node.neighbours.map(({ address, link }) => ({ what: `the neighbour ${address}`, link })),
    ...node.fdb.map(({ mac, link }) => ({ what: `the forwarding entry ${mac}`, link })),
  ];
  const lost = uses.filter(({ link }) => link !== undefined && link !== 'lo' && !own.has(link));
  return lost.map(({ what, link }) => ({
    where: node.name,
    message: `${what} names the link ${link}, which does not exist`,
  }));
}
