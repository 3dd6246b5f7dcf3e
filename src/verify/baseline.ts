/** How the lab was when it had just been built, so that a later look can tell what somebody has changed since. */
import { LabError } from '#lab/errors.js';
import type { Lab, LabNode } from '#lab/lab.js';
import { observedDrift } from '../probes/observed-drift.js';
import type { Drift } from '../plan/drift.js';
import type { Plan } from '../plan/plan.js';

/** Node name to its nftables ruleset as the kernel printed it after the build. */
export type Baseline = ReadonlyMap<string, string>;

const rulesetNodes = (plan: Plan): string[] =>
  plan.nodes.filter((node) => node.nftables !== '').map((node) => node.name);

export async function takeBaseline(lab: Lab, plan: Plan): Promise<Baseline> {
  const names = rulesetNodes(plan);
  const rulesets = await Promise.all(names.map((name) => lab.node(name).ruleset()));
  return new Map(names.map((name, index) => [name, rulesets[index] ?? '']));
}

/** Reading a ruleset takes a process; beyond so many nodes without a planned one it is not worth it. */
const RULESETS_READ = 64;

/**
 * One line for everything in which the lab is not as planned.
 * @param thorough also looks for rulesets in nodes that should have none: worth its time when something failed
 */
export async function driftOf(lab: Lab, plan: Plan, baseline: Baseline, thorough: boolean): Promise<string[]> {
  const hostsFirst = plan.nodes.toSorted((a, b) => Number(b.role === 'host') - Number(a.role === 'host'));
  const unplanned = hostsFirst.filter(({ nftables }) => nftables === '').slice(0, thorough ? RULESETS_READ : 0);
  const expected = new Map([...unplanned.map(({ name }) => [name, ''] as const), ...baseline]);
  const differences = await Promise.all(plan.nodes.map((node) => nodeDrift(lab, plan, expected, node.name)));
  return differences
    .flat()
    .map(({ where, what, planned, found }) => `${where}: ${what} is ${found}, planned ${planned}`);
}

/** @param rulesets what the nodes' rulesets should be; of a node that is not in it the ruleset is not looked at */
export async function nodeDrift(lab: Lab, plan: Plan, rulesets: Baseline, name: string): Promise<readonly Drift[]> {
  const planned = plan.nodes.find((node) => node.name === name);
  const node = lab.nodes.get(name);
  if (planned === undefined) return [];
  if (node === undefined) return [{ where: name, what: 'node', planned: planned.role, found: 'none' }];
  const loaded = rulesets.get(name);
  const nftables = loaded === undefined ? undefined : { loaded, now: await rulesetOf(node) };
  return await observedDrift(planned, node, nftables);
}

/** Drift is evidence beside verdicts: that a ruleset cannot be read must not cost the verdicts. */
async function rulesetOf(node: LabNode): Promise<string> {
  try {
    return await node.ruleset();
  } catch (error) {
    if (error instanceof LabError) return `unreadable: ${error.message}`;
    throw error;
  }
}
