/** How nodes differ from the plan: told beside a failure, never a verdict of its own. */
import { LabError } from '#lab/errors.js';
import type { LabNode } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import type { Drift } from '../plan/drift.js';
import { rulesetDrift } from '../plan/drift-ruleset.js';
import type { CheckContext } from '../check/contract.js';
import { observedDrift } from '../probes/observed-drift.js';

/** More differences than these are not told. */
const mostTold = 3;

export interface Difference {
  /** Node, or node:link. */
  readonly where: string;
  /** `h2:eth1: master is none, planned br0` */
  readonly text: string;
  /** Of the address or the route that differs; absent where it concerns both. */
  readonly family?: Family;
}

/** All differences of a node's services, links, routes, sessions, sysctls and switches; none of a node that is not in the plan. */
async function nodeDifferences({ lab, plan }: CheckContext, name: string): Promise<readonly Difference[]> {
  const planned = plan.nodes.find((node) => node.name === name);
  const node = lab.nodes.get(name);
  if (planned === undefined || node === undefined) return [];
  const [found, services] = await Promise.all([observedDrift(planned, node), lab.services()]);
  const ended = services.filter((service) => service.node === name && !service.isRunning);
  return [
    ...ended.map(({ state }) => ({ where: name, text: `${name}: its service ${state.name} has ended` })),
    ...found.filter((one) => !isGuests(node, one)).map(differenceOf),
  ];
}

/** What a check has added for a while was asked for, too. */
function isGuests({ state }: LabNode, { where, what, planned }: Drift): boolean {
  return what === 'link' && planned === 'none' && state.links.some(({ name }) => where === `${state.name}:${name}`);
}

const addressed: ReadonlySet<string> = new Set(['address', 'route', 'permanent neighbour']);

function differenceOf({ where, what, planned, found }: Drift): Difference {
  const text = `${where}: ${what} is ${found}, planned ${planned}`;
  if (what.startsWith('net.ipv6.')) return { where, text, family: 'ipv6' };
  if (!addressed.has(what)) return { where, text };
  const value = planned === 'none' ? found : planned;
  return { where, text, family: value.includes(':') ? 'ipv6' : 'ipv4' };
}

/** How the nodes' nftables rulesets differ from those of the build: the rules themselves, without the tables they are in. */
export async function rulesetDifferences(
  { lab, plan, rulesets }: CheckContext,
  names: readonly string[],
): Promise<readonly Difference[]> {
  const found = names.map(async (name) => {
    const planned = plan.nodes.find((node) => node.name === name);
    const loaded = rulesets.get(name) ?? (planned?.nftables === '' ? '' : undefined);
    const node = lab.nodes.get(name);
    if (loaded === undefined || node === undefined) return [];
    const changes = rulesetDrift(name, { loaded, now: await rulesetOf(node, loaded) });
    const isTable = ({ found: table }: Drift) => changes.some((one) => one.found.startsWith(`${table}: `));
    return changes.filter((one) => !isTable(one)).map(differenceOf);
  });
  return (await Promise.all(found)).flat();
}

/** Evidence beside a verdict: that a ruleset cannot be read must not cost the verdict. */
async function rulesetOf(node: LabNode, otherwise: string): Promise<string> {
  try {
    return await node.ruleset();
  } catch (error) {
    if (error instanceof LabError) return otherwise;
    throw error;
  }
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
