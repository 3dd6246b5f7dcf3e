/** What address-capacity found, and what it means. */
import { sliceRange } from '../../address/slices.js';
import type { Endpoint, Plan } from '../../plan/plan.js';
import type { CheckOutcome, Evidence, Observation } from '../../result/result.js';
import type { FlowResult } from '../../check/flow.js';
import type { CheckContext } from '../../check/contract.js';
import { holderName, observeHolders } from '../../probes/holders.js';
import { locate } from '../../trace/locate.js';
import { failed, inconclusive, type Measured, overflowed, passed } from '../../check/outcome.js';
import type { Silenced } from '../../probes/silenced-pairs.js';
import { counted, enumerate, flowWords } from '../../check/words.js';

export interface Added {
  /** Containers at the last addresses of their hosts' slices. */
  readonly guests: readonly Endpoint[];
  /** Hosts whose last address was refused although none of their containers has it. */
  readonly refused: ReadonlyArray<{ readonly host: string; readonly words: string }>;
}

export interface Findings extends Added, Silenced {
  readonly hosts: readonly string[];
  readonly flows: readonly FlowResult[];
  /** Peers that have lost an address, so that nobody was asked in its family. */
  readonly unasked: readonly string[];
  /** Hosts that gave out an address beyond their last one. */
  readonly admitted: readonly string[];
}

/** Added containers whose lost packets are followed along their paths. */
const FOLLOWED = 2;

export async function judgeCapacity(context: CheckContext, findings: Findings): Promise<CheckOutcome> {
  const result = measured(context.plan, findings);
  if (findings.overflowed || findings.flows.some((flow) => flow.overflowed && !flow.delivered))
    return overflowed('datagrams of existing containers or flows of the added ones', result);
  const losses = await Promise.all(
    lossesByGuest(context.plan, findings.flows).map((flows, index) => examine(context, flows, index < FOLLOWED)),
  );
  const suffering = new Set(losses.map(({ guest }) => guest.node));
  const evidence = [
    ...refusedEvidence(findings),
    ...losses.map(lossEvidence),
    ...(await sharedEvidence(
      context,
      findings.guests.filter(({ node }) => !suffering.has(node)),
    )),
    ...admittedEvidence(findings),
    ...silencedEvidence(findings),
  ];
  if (evidence.length === 0) return unaskedOutcome(result, findings.unasked) ?? passed(result);
  const fleeting = losses.filter(({ arrivedLater }) => arrivedLater);
  if (fleeting.length < evidence.length) return failed(result, evidence);
  return inconclusive(result, evidence, 'what was lost at first arrived when it was sent again', 'Measure again.');
}

function measured(plan: Plan, { hosts, flows, admitted }: Findings): Measured {
  const slices = plan.cluster.hosts.filter(({ name }) => hosts.includes(name));
  const reached = flows.filter(({ delivered }) => delivered).length;
  const beyond = admitted.length === 0 ? 'one more is refused' : `one more is not refused by ${enumerate(admitted)}`;
  const all = slices.length === plan.cluster.hosts.length;
  return {
    summary: `the last address of ${counted(slices.length, 'slice')}: ${reached} of ${counted(flows.length, 'flow')} delivered; ${beyond}`,
    coverage: all
      ? `all ${counted(slices.length, 'slice')}`
      : `${slices.length} of ${plan.cluster.hosts.length} slices`,
    observations: slices.map(({ name, slice }): Observation => {
      const { capacity } = sliceRange(slice);
      return { name: 'capacity', value: capacity, subject: `${name} ${slice}` };
    }),
  };
}

/** The flows that one added container lost, and why. */
interface Loss {
  readonly guest: Endpoint;
  readonly flows: readonly FlowResult[];
  /** Interfaces of other nodes that have the address too. */
  readonly owners: readonly string[];
  readonly place: { readonly message: string; readonly where?: string } | undefined;
  readonly arrivedLater: boolean;
}

const isPlanned = (plan: Plan, { node }: Endpoint): boolean => plan.endpoints.some((end) => end.node === node);
const guestOf = (plan: Plan, { from, to }: FlowResult): Endpoint => (isPlanned(plan, from) ? to : from);

function lossesByGuest(plan: Plan, flows: readonly FlowResult[]): ReadonlyArray<readonly FlowResult[]> {
  const groups = new Map<string, FlowResult[]>();
  for (const flow of flows) {
    const { node } = guestOf(plan, flow);
    if (!flow.delivered) groups.set(node, [...(groups.get(node) ?? []), flow]);
  }
  return [...groups.values()];
}

async function examine(context: CheckContext, flows: readonly FlowResult[], follow: boolean): Promise<Loss> {
  const [first] = flows as readonly [FlowResult];
  const guest = guestOf(context.plan, first);
  const owners = await othersWith(context, guest);
  const place =
    follow && owners.length === 0
      ? await context.followUps.once(
          `last address of ${guest.host}`,
          flows.length,
          async (signal) => await locate({ lab: context.lab, signal }, first),
        )
      : undefined;
  return { guest, flows, owners, place, arrivedLater: place !== undefined && place.where === undefined };
}

/** Whoever gave them the address. */
async function othersWith({ lab }: CheckContext, { node: own, ipv4 }: Endpoint): Promise<readonly string[]> {
  const holders = (await observeHolders(lab)).ofAddress(ipv4);
  return holders.filter(({ node }) => node !== own).map(holderName);
}

function lossEvidence({ guest, flows, owners, place }: Loss): Evidence {
  const [first] = flows as readonly [FlowResult];
  const where = owners[0] ?? place?.where ?? guest.host;
  const thief =
    owners.length === 0 ? [] : [`${enumerate(owners)} ${owners.length === 1 ? 'has' : 'have'} ${guest.ipv4} too`];
  const lost = `${counted(flows.length, 'flow')} lost, as ${flowWords(first)}: ${first.problem ?? 'no answer'}`;
  return {
    message: `a container at ${guest.ipv4}, the last address of ${guest.host}'s slice, does not work`,
    ...(where === undefined ? {} : { where }),
    expected: `${peerOf(first, guest)} reaches it, and it reaches ${peerOf(first, guest)}`,
    seen: [...thief, lost, ...(place === undefined ? [] : [place.message])].join('; '),
  };
}

const peerOf = ({ from, to }: FlowResult, { node }: Endpoint): string => (from.node === node ? to.node : from.node);

/** What is sent to an address that two have arrives at one of them, and by chance at the right one. */
async function sharedEvidence({ lab }: CheckContext, guests: readonly Endpoint[]): Promise<readonly Evidence[]> {
  const holders = await observeHolders(lab);
  return guests.flatMap(({ node, host, ipv4 }) => {
    const others = holders.ofAddress(ipv4).filter((holder) => holder.node !== node);
    const [first] = others;
    if (first === undefined) return [];
    return {
      message: `${ipv4}, the last address of ${host}'s slice, is given out twice`,
      where: holderName(first),
      expected: `${node} alone has it`,
      seen: `${enumerate(others.map(holderName))} ${others.length === 1 ? 'has' : 'have'} ${ipv4} too`,
    };
  });
}

/** Nothing is known of a family in which nobody could be asked. */
export function unaskedOutcome(result: Measured, unasked: readonly string[]): CheckOutcome | undefined {
  if (unasked.length === 0) return undefined;
  const words = enumerate(unasked);
  const evidence = unasked.map((message) => ({ message, expected: 'a peer with all its addresses' }));
  return inconclusive(
    result,
    evidence,
    `nobody was there to try it with: ${words}`,
    'Give it its address again, and repeat.',
  );
}

function refusedEvidence({ refused }: Findings): readonly Evidence[] {
  return refused.map(({ host, words }) => ({
    message: `${host} refuses the last address of its slice: ${words}`,
    where: host,
    expected: 'a container gets it',
  }));
}

function admittedEvidence({ admitted }: Findings): readonly Evidence[] {
  return admitted.map((host) => ({
    message: `${host} gave out an address beyond the last one of its slice`,
    where: host,
    expected: 'a clear refusal',
  }));
}

function silencedEvidence({ silenced }: Findings): readonly Evidence[] {
  if (silenced.length === 0) return [];
  return [
    {
      message: `while the slices were full, existing containers did not reach each other: ${enumerate(silenced)}`,
      expected: 'nobody is broken by one container more',
    },
  ];
}
