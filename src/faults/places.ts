/** What faults name: nodes, interfaces, and the two ends of cables. Pure. */
import { LabError } from '#lab/errors.js';
import type { LabNode } from '#lab/lab.js';
import type { LinkEnd, LinkState, NodeState } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';
import { type LinkName, splitLink } from '../scenario/fault.js';
import type { FaultContext, FaultProblem } from './contract.js';

type Nodes = Pick<Plan, 'nodes'>;

export const endName = ({ node, link }: LinkEnd): string => `${node}:${link}`;

export function nodeProblem({ nodes }: Nodes, name: string): FaultProblem | undefined {
  if (nodes.some((node) => node.name === name)) return undefined;
  const message = `there is no node ${JSON.stringify(name)}`;
  return { message, remedy: `It is one of: ${namesOf(nodes)}` };
}

export function linkProblem(plan: Nodes, at: LinkName): FaultProblem | undefined {
  const { node, link } = splitLink(at);
  const found = plan.nodes.find(({ name }) => name === node);
  if (found === undefined) return nodeProblem(plan, node);
  if (found.links.some(({ name }) => name === link)) return undefined;
  const message = `${node} has no interface ${JSON.stringify(link)}`;
  return { message, remedy: `It has: ${namesOf(found.links)}` };
}

/** @param what the fault does to it */
export function cableProblem(plan: Nodes, at: LinkName, what: string): FaultProblem | undefined {
  const unknown = linkProblem(plan, at);
  if (unknown !== undefined || cableAt(plan, at) !== undefined) return unknown;
  const { node, link } = splitLink(at);
  const cables = plan.nodes.find(({ name }) => name === node)?.links.filter(({ kind }) => kind === 'veth') ?? [];
  const message = `${at} is the end of no cable, and ${what}`;
  return {
    message,
    remedy: cables.length === 0 ? `${link} is made by software.` : `Cables of ${node}: ${namesOf(cables)}`,
  };
}

/** Both ends of the cable of which that interface is one; undefined when it is none. */
export function cableAt({ nodes }: Nodes, at: LinkName): { readonly near: LinkEnd; readonly far: LinkEnd } | undefined {
  const near = splitLink(at);
  const own = linkOf(nodes, near);
  return own?.kind === 'veth' ? { near, far: own.peer } : undefined;
}

/** The interface that a link stands on; undefined where it stands on none. The kernel lets it be no larger than that. */
export function parentAt({ nodes }: Nodes, at: LinkName): LinkEnd | undefined {
  const { node, link } = splitLink(at);
  const own = linkOf(nodes, { node, link });
  if (own?.kind === 'macvlan') return { node: own.parentNode ?? node, link: own.parent };
  return own?.kind === 'vxlan' && own.parent !== undefined ? { node, link: own.parent } : undefined;
}

/** The MTU in bytes that a link had before any fault; undefined where none has reached its node. */
export function ownMtu({ before }: FaultContext, { node, link }: LinkEnd): number | undefined {
  return before?.(node)?.links.find(({ name }) => name === link)?.mtuBytes;
}

export function linkOf(nodes: readonly NodeState[], { node, link }: LinkEnd): LinkState | undefined {
  return nodes.find(({ name }) => name === node)?.links.find(({ name }) => name === link);
}

/** One direction of a cable. */
export interface Way {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
}

/** @throws LabError when the interface is the end of no cable */
export function cableWay(plan: Nodes, at: LinkName, direction: 'in' | 'out'): Way {
  const cable = cableAt(plan, at);
  if (cable === undefined) throw new LabError(`${at} is the end of no cable`);
  return direction === 'in' ? { from: cable.far, to: cable.near } : { from: cable.near, to: cable.far };
}

/** Whether frames can come in by an interface of a live node. */
export async function hasCarrier(node: LabNode, link: string): Promise<boolean> {
  return (await node.observe()).links.some(({ name, running }) => name === link && running);
}

export function namesOf(named: ReadonlyArray<{ readonly name: string }>): string {
  const names = named.map(({ name }) => name);
  return names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');
}
