/** Which nodes may lose something by a fault besides what it changes on purpose. Pure. */
import type { Plan } from '../plan/plan.js';
import { type FaultSpec, splitLink } from '../scenario/fault.js';
import { cableAt, linkOf } from './places.js';

/**
 * Names of nodes whose addresses, routes, neighbours, MTUs or sysctls the kernel may change meanwhile. Not those that a
 * crash destroys: they boot.
 */
export function reachOf(spec: FaultSpec, plan: Plan): readonly string[] {
  switch (spec.fault) {
    case 'link-down':
    case 'mtu':
      return withChildren([splitLink(spec.at).node, ...(farNode(spec.at, plan) ?? [])], plan);
    case 'daemon-killed':
      return withChildren([spec.node], plan);
    case 'host-crash':
      return beyond(spec.host, plan);
    case 'dhcp-gone':
      return plan.endpoints.map(({ node }) => node);
    default:
      return [];
  }
}

function farNode(at: string, plan: Plan): readonly string[] | undefined {
  const cable = cableAt(plan, at);
  return cable === undefined ? undefined : [cable.far.node];
}

/** And those whose interfaces stand on one of theirs; who shares a network has nothing of its own. */
function withChildren(names: readonly string[], { nodes }: Plan): readonly string[] {
  const owners = names.map((name) => nodes.find((node) => node.name === name)?.sharesNetworkOf ?? name);
  const children = nodes.filter(({ links }) =>
    links.some((link) => link.kind === 'macvlan' && owners.includes(link.parentNode ?? '')),
  );
  return [...new Set([...owners, ...children.map(({ name }) => name)])];
}

/** Nodes at the other ends of a host's cables. */
function beyond(host: string, { nodes }: Plan): readonly string[] {
  const gone = nodes.filter((node) => node.name === host || node.host === host);
  const peers = gone.flatMap(({ links }) => links.flatMap((link) => (link.kind === 'veth' ? [link.peer.node] : [])));
  const isGone = (name: string): boolean => gone.some((node) => node.name === name);
  return [...new Set(peers)].filter((name) => !isGone(name));
}

/** Whether the mend of one fault makes anew what the other one has broken: a host boots, a switch's daemon starts. Pure. */
export function isMadeAnew(mended: FaultSpec, other: FaultSpec, plan: Plan): boolean {
  if (mended.fault === 'host-crash') {
    const booted = plan.nodes.filter(({ name, host }) => name === mended.host || host === mended.host);
    return nodesOf(other, plan).some((name) => booted.some((node) => node.name === name));
  }
  if (mended.fault !== 'daemon-killed' || !('at' in other)) return false;
  const { node, link } = splitLink(other.at);
  const made = linkOf(plan.nodes, { node, link });
  return node === mended.node && made?.kind === 'daemon' && made.service === mended.service;
}

/** Nodes in which a fault has changed something, by the other end of a cable too. */
function nodesOf(spec: FaultSpec, plan: Plan): readonly string[] {
  if ('at' in spec) return [splitLink(spec.at).node, ...(farNode(spec.at, plan) ?? [])];
  return 'node' in spec ? [spec.node] : [];
}
