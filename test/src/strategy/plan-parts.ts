/** Nodes and interfaces of a plan, by name. */
import type { LinkState, NodeState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';

export function node({ nodes }: Plan, name: string): NodeState {
  const found = nodes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

/** @param where `h1:eth1` */
export function link(plan: Plan, where: string): LinkState {
  const [name = '', linkName = ''] = where.split(':');
  const found = findLink(plan, name, linkName);
  if (found === undefined) throw new Error(`no link ${where}`);
  return found;
}

export const findLink = (plan: Plan, name: string, linkName: string): LinkState | undefined =>
  node(plan, name).links.find((one) => one.name === linkName);
