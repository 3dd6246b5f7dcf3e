/** How nodes differ from the plan: told beside a failure, never a verdict of its own. */
import type { LabNode } from '#lab/lab.js';
import { type Drift, drift } from '../../plan/drift.js';
import type { CheckContext } from '../contract.js';

/** More differences than these are not told. */
const mostTold = 3;

export interface Difference {
  /** Node, or node:link. */
  readonly where: string;
  /** `h2:eth1: master is none, planned br0` */
  readonly text: string;
}

/** All differences of a node's services, links, routes, sessions, sysctls and switches; none of a node that is not in the plan. */
async function nodeDifferences({ lab, plan }: CheckContext, name: string): Promise<readonly Difference[]> {
  const planned = plan.nodes.find((node) => node.name === name);
  const node = lab.nodes.get(name);
  if (planned === undefined || node === undefined) return [];
  const [routing, switches] = await Promise.all([node.routing(), node.switches.observe()]);
  const found = drift(planned, node.observe(), { sysctl: (key) => node.sysctl(key), routing, switches });
  const ended = lab.services().filter((service) => service.node === name && !service.isRunning);
  return [
    ...ended.map(({ state }) => ({ where: name, text: `${name}: its service ${state.name} has ended` })),
    ...found
      .filter((one) => !isGuests(node, one))
      .map((one) => ({
        where: one.where,
        text: `${one.where}: ${one.what} is ${one.found}, planned ${one.planned}`,
      })),
  ];
}

/** What a check has added for a while was asked for, too. */
function isGuests({ state }: LabNode, { where, what, planned }: Drift): boolean {
  return what === 'link' && planned === 'none' && state.links.some(({ name }) => where === `${state.name}:${name}`);
}

/** The differences of several nodes. */
export async function allDifferences(context: CheckContext, names: readonly string[]): Promise<readonly Difference[]> {
  return (await Promise.all(names.map((name) => nodeDifferences(context, name)))).flat();
}

/** The first few differences of several nodes, as words. */
export async function differencesOf(context: CheckContext, names: readonly string[]): Promise<readonly string[]> {
  const all = await allDifferences(context, names);
  return all.slice(0, mostTold).map(({ text }) => text);
}
