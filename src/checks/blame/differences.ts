/** How nodes differ from the plan: told beside a failure, never a verdict of its own. */
import { drift } from '../../plan/drift.js';
import type { CheckContext } from '../contract.js';

/** More differences than these are not told. */
const mostTold = 3;

export interface Difference {
  /** Node, or node:link. */
  readonly where: string;
  /** `h2:eth1: master is none, planned br0` */
  readonly text: string;
}

/** All differences of a node's links, addresses, routes and sysctls; none of a node that is not in the plan. */
export function nodeDifferences({ lab, plan }: CheckContext, name: string): readonly Difference[] {
  const planned = plan.nodes.find((node) => node.name === name);
  const node = lab.nodes.get(name);
  if (planned === undefined || node === undefined) return [];
  const found = drift(planned, node.observe(), { sysctl: (key) => node.sysctl(key) });
  return found.map((one) => ({
    where: one.where,
    text: `${one.where}: ${one.what} is ${one.found}, planned ${one.planned}`,
  }));
}

/** The first few differences of several nodes, as words. */
export function differencesOf(context: CheckContext, names: readonly string[]): readonly string[] {
  const all = names.flatMap((name) => nodeDifferences(context, name));
  return all.slice(0, mostTold).map(({ text }) => text);
}
