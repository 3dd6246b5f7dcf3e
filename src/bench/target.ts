/** What is measured: networks, each with the pairs of containers between which it is. Pure. */
import type { NodeState } from '#lab/state.js';
import type { End } from '../measure/sample.js';
import type { Plan } from '../plan/plan.js';
import type { BenchTarget } from '../result/bench.js';
import { wireLink, wireNodes } from './wire.js';

export interface Pair {
  /** `h1 -> h2` */
  readonly name: string;
  readonly from: End;
  readonly to: End;
}

export interface Target extends BenchTarget {
  /** Absent for the wire. */
  readonly plan?: Plan;
  readonly nodes: readonly NodeState[];
  readonly pairs: readonly Pair[];
}

/** A plan that is to be measured. */
export interface Subject {
  readonly name: string;
  readonly role: 'baseline' | 'subject';
  readonly plan: Plan;
}

/** @param pairs how many ordered pairs of hosts, at most */
export function targetsOf(subjects: readonly Subject[], pairs: number): readonly Target[] {
  const planned = subjects.map((subject) => plannedTarget(subject, pairs));
  const mtuBytes = Math.max(...subjects.map(({ plan }) => plan.mtu.wireBytes));
  return [wire(mtuBytes, Math.max(...planned.map((target) => target.pairs.length))), ...planned];
}

/** Measured in both directions, in the order of the others' pairs. */
function wire(mtuBytes: number, pairs: number): Target {
  const ends = [
    { node: 'w1', link: wireLink },
    { node: 'w2', link: wireLink },
  ] as const;
  const directions = [
    { name: 'w1 -> w2', from: ends[0], to: ends[1] },
    { name: 'w2 -> w1', from: ends[1], to: ends[0] },
  ] as const;
  return {
    name: 'wire',
    role: 'wire',
    hosts: 0,
    mtuBytes,
    nodes: wireNodes(mtuBytes),
    pairs: Array.from({ length: pairs }, (_, index) => directions[index % 2 === 0 ? 0 : 1]),
  };
}

/** How many ordered pairs of hosts with containers there are to measure between. */
export const pairsIn = (plan: Plan): number => pairsOf(plan).length;

function plannedTarget({ name, role, plan }: Subject, pairs: number): Target {
  return {
    name,
    role,
    strategy: plan.strategy.name,
    hosts: plan.cluster.hosts.length,
    mtuBytes: plan.mtu.bytes,
    digest: plan.digest,
    plan,
    nodes: plan.nodes,
    pairs: pairsOf(plan).slice(0, pairs),
  };
}

/** The first container of each host, with each other one, there and back: h1 -> h2, h2 -> h1, h1 -> h3, ... */
function pairsOf(plan: Plan): readonly Pair[] {
  const first = plan.cluster.hosts.flatMap(
    ({ name }) => plan.endpoints.find(({ role, host }) => role === 'container' && host === name) ?? [],
  );
  return first.flatMap((one, index) =>
    first.slice(index + 1).flatMap((other) => [pairOf(one, other), pairOf(other, one)]),
  );
}

type Endpoint = Plan['endpoints'][number];

const pairOf = (from: Endpoint, to: Endpoint): Pair => ({
  name: `${from.host ?? from.node} -> ${to.host ?? to.node}`,
  from: { node: from.node, link: from.link },
  to: { node: to.node, link: to.link },
});
