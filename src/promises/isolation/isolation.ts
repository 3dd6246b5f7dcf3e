/**
 * # isolation
 *
 * Containers that share no group do not reach each other, while those of one group do.
 *
 * ## What it asks
 *
 * Are networks of different tenants really apart, by packets and by broadcasts?
 *
 * ## How it is measured
 *
 * For each pair of groups ICMP, TCP and UDP go between members that share none, and each member broadcasts once.
 * Nothing may arrive. Inside the groups the same flows must arrive, or the silence proves nothing.
 *
 * ## Its limit
 *
 * Groups of up to ten containers are probed in full, larger ones by a covering design. A covert channel is not looked
 * for.
 *
 * ## What breaks it
 *
 * Two groups with one VNI or tunnel key, a host that forwards between them, a bridge that joins both.
 *
 * ## What to do
 *
 * The evidence names the pair that talks and the host that is not as planned.
 */
import type { CheckOutcome } from '../../result/result.js';
import { twoContainers } from '../../check/lacks.js';
import type { FlowRequest, FlowResult } from '../../check/flow.js';
import { createFlows } from '../../flows/flow-engine.js';
import { groupedTwin } from '../../plan/grouped-twin.js';
import type { Endpoint, GroupPlan, Plan } from '../../plan/plan.js';
import { choosePairs, type Pair } from '../../flows/pairs.js';
import { measureBeside } from '../../twins/beside.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { commonFamilies, containersOf } from '../../probes/endpoint-choice.js';
import { type Leak, leakEvidence } from './evidence.js';
import { broadcastsAcross } from './frames.js';
import { failed, inconclusive, type Measured, passed, skipped } from '../../check/outcome.js';
import { counted, enumerate, flowWords } from '../../check/words.js';

/** Containers of different groups do not reach each other, while those of one group do. */
export const isolation: Check = {
  promise: 'isolation',
  lacks: twoContainers,
  title:
    'ICMP, TCP and UDP between containers that share no group, and their broadcasts, arrive nowhere; inside a group they do',
  sharing({ plan }) {
    if (plan.groups !== undefined) return 'alone';
    return groupedTwin(plan) === undefined ? 'apart' : 'beside';
  },
  views: 'whole',
  async measure(context) {
    const { plan } = context;
    if (plan.groups !== undefined) return await measureGroups(context, plan.groups);
    const twin = groupedTwin(plan);
    if (twin === undefined) return await measureUngrouped(context);
    return await measureBeside(context, twin, 'two groups on two hosts, built beside it', async (beside) =>
      beside.plan.groups === undefined
        ? await measureUngrouped(beside)
        : await measureGroups(beside, beside.plan.groups),
    );
  },
};

/** Groups of more containers than this have a covering design between them: what is to arrive nowhere is waited for long. */
const ALL_PAIRS = 10;

/** A pair of groups and the flows between members that share neither. */
interface Crossing {
  readonly groups: readonly [GroupPlan, GroupPlan];
  readonly requests: readonly FlowRequest[];
  /** Ordered pairs of containers that share none of the two groups, and how many of them are measured. */
  readonly pairs: { readonly possible: number; readonly measured: number };
}

async function measureGroups(context: CheckContext, groups: readonly GroupPlan[]): Promise<CheckOutcome> {
  const crossings = groups.flatMap((one) => groups.flatMap((other) => crossingOf(context.plan, one, other)));
  const pairs = crossings.reduce((sum, { requests }) => sum + requests.length, 0);
  if (pairs === 0)
    return skipped('no two containers are in different groups only', 'Give the scenario containers of two groups.');
  const friends = (await Promise.all(groups.map(async (group) => await inside(context, group)))).flat();
  const between = await Promise.all(crossings.map(async (one) => await across(context, one)));
  const frames = await broadcastsAcross(context, groups);
  const leaked = between.flat().filter(({ arrived }) => arrived);
  const met = friends.filter(({ delivered }) => delivered).length;
  const measured: Measured = {
    summary:
      leaked.length + frames.length === 0
        ? `${counted(pairs, 'flow')} between ${counted(groups.length, 'group')} arrived nowhere, nor did a broadcast; ${met} of ${friends.length} inside a group arrived`
        : `${leaked.length} of ${counted(pairs, 'flow')} between groups arrived, and ${counted(frames.length, 'broadcast')}`,
    coverage: `groups ${enumerate(groups.map(({ group }) => group.name))}: ${pairWords(crossings)} of containers that share none, by ICMP, TCP and UDP`,
    observations: [
      { name: 'flowsBetweenGroups', value: pairs },
      { name: 'flowsThatArrived', value: leaked.length },
    ],
  };
  const leaks = [...flowLeaks(leaked), ...frames];
  if (leaks.length > 0) return failed(measured, await leakEvidence(context, leaks));
  if (met > 0) return passed(measured);
  return inconclusive(
    measured,
    [],
    'nothing arrives inside the groups either, so silence between them proves nothing',
    'Look at container-to-container first.',
  );
}

const membersOf = ({ endpoints }: GroupPlan): readonly Endpoint[] =>
  endpoints.filter(({ role }) => role === 'container');

function pairWords(crossings: readonly Crossing[]): string {
  const sum = (kind: keyof Crossing['pairs']) => crossings.reduce((all, { pairs }) => all + pairs[kind], 0);
  const [measured, possible] = [sum('measured'), sum('possible')];
  return measured === possible ? 'every ordered pair' : `${measured} of ${possible} ordered pairs (covering design)`;
}

function crossingOf({ scenario }: Plan, one: GroupPlan, other: GroupPlan): readonly Crossing[] {
  if (one === other) return [];
  const [sources, destinations] = [membersOf(one), membersOf(other)];
  const isShared = (node: string) => [sources, destinations].every((side) => side.some((end) => end.node === node));
  const apart = (ends: readonly Endpoint[]) => ends.filter(({ node }) => !isShared(node));
  const [from, to] = [apart(sources), apart(destinations)];
  const chosen = choosePairs(from, to, scenario.coverage, ALL_PAIRS);
  const pairs = { possible: from.length * to.length, measured: chosen.length };
  return [{ groups: [one, other], requests: requestsOf(chosen), pairs }];
}

function requestsOf(pairs: readonly Pair[]): readonly FlowRequest[] {
  return pairs.flatMap(({ from, to }) =>
    commonFamilies(from, to).flatMap((family) =>
      (['icmp', 'tcp', 'udp'] as const).map((protocol) => ({ from, to, protocol, family })),
    ),
  );
}

async function inside(context: CheckContext, group: GroupPlan): Promise<readonly FlowResult[]> {
  const members = membersOf(group);
  const pairs = choosePairs(members, members, context.plan.scenario.coverage, ALL_PAIRS);
  return await measureFlows(context, members, requestsOf(pairs));
}

async function across(context: CheckContext, { groups, requests }: Crossing): Promise<readonly FlowResult[]> {
  return await measureFlows(context, groups.flatMap(membersOf), requests);
}

/** With sockets of its own: a container has another address in each of its groups. */
async function measureFlows(
  { lab, signal }: CheckContext,
  endpoints: readonly Endpoint[],
  requests: readonly FlowRequest[],
): Promise<readonly FlowResult[]> {
  const flows = createFlows({ lab, plan: { endpoints }, signal });
  try {
    return await flows.measure(requests);
  } finally {
    flows.close();
  }
}

/** One piece for each pair of containers. */
function flowLeaks(leaked: readonly FlowResult[]): readonly Leak[] {
  const pairs = new Map(leaked.toReversed().map((flow) => [`${flow.from.node} ${flow.to.node}`, flow]));
  return [...pairs.values()].map((flow) => ({
    from: flow.from,
    to: flow.to,
    message: `${flow.from.node} reaches ${flow.to.node}, with which it shares no group`,
    expected: 'nothing arrives',
    seen: flowWords(flow),
  }));
}

/** The strategy knows no groups: whether containers are kept apart all the same is seen from any two of them. */
async function measureUngrouped(context: CheckContext): Promise<CheckOutcome> {
  const [first, ...others] = containersOf(context.plan);
  if (first === undefined || others.length === 0)
    return skipped('there is one container at most', 'Give the scenario two containers.');
  const requests = others.map((to) => ({ from: first, to, protocol: 'icmp', family: 'ipv4' }) as const);
  const results = await context.flows.measure(requests);
  const reached = results.filter(({ delivered }) => delivered).map(({ to }) => to.node);
  const measured = {
    summary: `${first.node} reaches ${reached.length} of ${others.length} others; the strategy has no groups`,
  };
  if (reached.length === 0) {
    const reason = 'it reaches none, which is no proof that they are kept apart';
    return inconclusive(measured, [], reason, 'Look at container-to-container first.');
  }
  const evidence = {
    message: `nothing keeps ${first.node} apart from ${enumerate(reached)}`,
    where: first.host ?? first.node,
  };
  return failed(measured, [
    { ...evidence, expected: 'groups that do not reach each other', seen: 'one network for all' },
  ]);
}
