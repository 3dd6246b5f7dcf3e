/**
 * # no-nat
 *
 * Whoever receives a packet sees the address that its sender has.
 *
 * ## What it asks
 *
 * Is the source address kept between containers, hosts and the LAN, so that logs, allow lists and protocols that carry
 * addresses work?
 *
 * ## How it is measured
 *
 * By TCP and UDP in each family, the receiver's own socket tells which source address it saw, and that is compared with
 * the addresses of the sending node.
 *
 * ## Its limit
 *
 * Only flows that arrived are evidence; a direction in which nothing arrived is unverified and says so, unless the design
 * leaves it out (a macvlan's host and its own containers). What leaves the
 * cluster by its router is [egress](egress.md). ICMP is not used, since the kernel answers it.
 *
 * ## What breaks it
 *
 * A masquerade rule without an exception for the cluster's network, a proxy, bridge-nf-call-iptables together with an
 * unconditional masquerade.
 *
 * ## What to do
 *
 * The evidence says whose address was seen: the translating rule is on that node. Limit it to what leaves by the uplink
 * (`! -o br0`, or a destination outside of the cluster's network).
 */
import { groupBy } from '#lab/group-by.js';
import { somebodyToTalkTo } from '../check/lacks.js';
import type { PromiseName } from '../declaration/promise.js';
import type { CheckOutcome, Evidence } from '../result/result.js';
import type { FlowProtocol, FlowResult } from '../check/flow.js';
import type { Check, CheckContext } from '../check/contract.js';
import {
  coverageOf,
  type Direction,
  directionFromTo,
  directionsBetweenContainers,
  directionsToLan,
  repeatNote,
  requestsFor,
} from '../reachability/directions.js';
import { commonFamilies } from '../probes/endpoint-choice.js';
import { type Holder, type Holders, holderName, observeHolders } from '../probes/holders.js';
import { failed, type Measured, passed, skipped } from '../check/outcome.js';
import { counted, enumerate, protocolWords } from '../check/words.js';

/** The receiver sees the address that the sender has. */
export const noNat: Check = {
  promise: 'no-nat',
  lacks: somebodyToTalkTo,
  title:
    "the source address that the receiver's socket sees, by TCP and UDP over each family, between containers, hosts and the LAN",
  sharing: 'shared',
  measure,
};

/** What answers an echo request is the kernel: only a socket of the receiver tells who asked. */
const protocols: readonly FlowProtocol[] = ['tcp', 'udp'];

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const ways = waysOf(context);
  const directions = [...ways.keys()];
  const families = directions.some(({ pairs }) =>
    pairs.some(({ from, to }) => commonFamilies(from, to).includes('ipv6')),
  )
    ? (['ipv4', 'ipv6'] as const)
    : (['ipv4'] as const);
  const results = await context.flows.measure(families.flatMap((family) => requestsFor(directions, protocols, family)));
  const arrived = results.filter(({ seenSource }) => seenSource !== undefined);
  const holders = await observeHolders(context.lab);
  const translated = arrived.filter((result) => !isOwnAddress(result, holders));
  const measured: Measured = {
    summary:
      translated.length === 0
        ? `${counted(arrived.length, 'flow')} arrived with the sender's own address`
        : `${translated.length} of ${arrived.length} flows arrived with another address than the sender's`,
    coverage:
      coverageOf(directions, protocols) +
      (families.length > 1 ? ', over IPv4 and IPv6' : '') +
      lossNote(results.length - arrived.length, results.length) +
      repeatNote(results),
    observations: [
      { name: 'flowsArrived', value: arrived.length },
      { name: 'flowsWithOwnSource', value: arrived.length - translated.length },
    ],
  };
  if (translated.length > 0) return failed(measured, translationEvidence(translated, holders));
  return unseenDirections(context, ways, arrived, measured) ?? passed(measured);
}

/** Each direction with the promise that something arrives in it. */
function waysOf(context: CheckContext): ReadonlyMap<Direction, PromiseName> {
  const ways: ReadonlyArray<readonly [Direction, PromiseName]> = [
    ...directionsBetweenContainers(context).map((one) => [one, 'container-to-container'] as const),
    [directionFromTo(context, 'host', 'container'), 'host-to-container'],
    [directionFromTo(context, 'container', 'host'), 'container-to-host'],
    ...directionsToLan(context).map((one) => [one, 'lan-reachable'] as const),
  ];
  return new Map(ways.filter(([{ pairs }]) => pairs.length > 0));
}

/** A node may have several addresses, and speaks from its link-local one when it has lost the others: each of them is its own. */
function isOwnAddress({ from, family, seenSource = '' }: FlowResult, holders: Holders): boolean {
  return seenSource === from[family] || ownersOf(holders, seenSource).some(({ node }) => node === from.node);
}

function ownersOf(holders: Holders, address: string): readonly Holder[] {
  const [withoutZone = address] = address.split('%', 1);
  return [...holders.ofAddress(address), ...holders.ofLinkLocal(withoutZone)];
}

function lossNote(lost: number, all: number): string {
  return lost === 0 ? '' : `; ${lost} of ${all} flows did not arrive and are no evidence`;
}

/** Nothing is said of a direction in which nothing arrived, unless the strategy itself says that nothing does. */
function unseenDirections(
  { plan }: CheckContext,
  ways: ReadonlyMap<Direction, PromiseName>,
  arrived: readonly FlowResult[],
  measured: Measured,
): CheckOutcome | undefined {
  const seen = new Set(arrived.map(({ from, to }) => `${from.node} ${to.node}`));
  const isSeen = ({ pairs }: Direction) => pairs.some(({ from, to }) => seen.has(`${from.node} ${to.node}`));
  const isDue = (promise: PromiseName) => arrived.length === 0 || plan.promises[promise].declared !== 'absent';
  const unseen = [...ways].flatMap(([way, promise]) => (isDue(promise) && !isSeen(way) ? [way.name] : []));
  const remedy = 'First make the flows arrive: see container-to-container, host-to-container and lan-reachable.';
  if (ways.size === 0)
    return skipped(
      'no container has anybody to talk to',
      'Give the scenario at least two containers (cluster.containers).',
    );
  if (unseen.length === 0) return undefined;
  return skipped(`nothing arrived (${enumerate(unseen)}), so nobody saw a source address there`, remedy, measured);
}

/** One piece of evidence for each wrong address, the one that was seen most often first. */
function translationEvidence(translated: readonly FlowResult[], holders: Holders): readonly Evidence[] {
  const byAddress = [...groupBy(translated, ({ seenSource = '' }) => seenSource)];
  const ordered = byAddress.toSorted(([, a], [, b]) => b.length - a.length);
  return ordered.map(([address, flows]) => {
    const owners = ownersOf(holders, address);
    const where = enumerate(owners.map(({ node }) => node));
    const whose =
      where === '' ? 'which no node of the lab has' : `which is ${where}'s (${enumerate(owners.map(holderName))})`;
    const senders = new Map(flows.map(({ from, family }) => [from.node, from[family] ?? '']));
    const verb = senders.size === 1 ? 'was' : 'were';
    return {
      message: `${enumerate(senders.keys())} ${verb} seen as ${address}, ${whose}`,
      ...(where === '' ? {} : { where }),
      expected: enumerate([...senders].map(([node, own]) => `${node} seen as ${own}`)),
      seen: `${address} by ${enumerate(flows.map(({ to }) => to.node))}: ${counted(flows.length, 'flow')} by ${protocolWords(flows.map(({ protocol }) => protocol))}`,
    };
  });
}
