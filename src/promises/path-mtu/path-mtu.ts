/**
 * # path-mtu
 *
 * The MTU that arithmetic predicts, the MTU that containers have and the largest packet that gets through are the same.
 *
 * ## What it asks
 *
 * Will full-sized packets arrive, or be refused with the right size, instead of vanishing as they do in production when
 * an overlay's headers were forgotten?
 *
 * ## How it is measured
 *
 * A probe endpoint with a larger interface MTU is attached to each host as any container is. Datagrams with DF
 * (IP_PMTUDISC_PROBE) of many sizes go both ways between it and real containers, in both families, until the largest
 * size that arrives whole is known to the byte. Captures on the underlay show whether an outer packet was fragmented.
 * What containers may send and does not fit must be refused in a way that can be told: EMSGSIZE, or an ICMP message with
 * the right MTU; silence is a black hole. Finally bulk TCP transfers must complete.
 *
 * The prediction is one for each pair: between hosts the smaller of what the two carry, at most what both containers'
 * interfaces have. A host whose eth1 has another MTU than the wire gives its containers what it carries itself. Where a spanning
 * tree of tunnels leads by a third host, what that one carries counts, too; should the tree come to lead otherwise, more may
 * arrive.
 *
 * ## Its limit
 *
 * veth and bridge let four bytes more through than their MTU (room for a VLAN tag): known, no finding, and told as the
 * MTU that it is. One endpoint per host, at most 256 containers; eight directions are narrowed down to the byte, the
 * others of the same kind end alike. Below 1280 bytes IPv6 is not measured (RFC 8200). In a mixed fleet tinc looks for
 * the size by trying at random: where it settles on less than would fit, by up to a fifth of the difference between the two
 * hosts, and tells senders that, it is kept.
 *
 * ## What breaks it
 *
 * An overlay whose containers keep MTU 1500, one host or router with a smaller MTU, a filter that drops ICMP
 * "fragmentation needed" or "packet too big", a tunnel that fragments outside. Hosts with 1500 and 9000 bytes on one
 * network: nobody tells the large ones that the small ones drop their packets. `netlab plan` warns of it.
 *
 * ## What to do
 *
 * The report shows predicted, configured and delivered sizes side by side, and where the first packet that should have
 * passed was cut. Set the containers' MTU to the predicted one, and in a mixed fleet all to the smallest; let ICMP type 3
 * code 4 and ICMPv6 type 2 through.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { aWireBetween } from '../../check/lacks.js';
import type { Lab, NeighbourWindow } from '#lab/lab.js';
import type { Endpoint, Plan } from '../../plan/plan.js';
import type { CheckOutcome } from '../../result/result.js';
import { inWindows } from '../../flows/in-windows.js';
import { type TransferRequest, type TransferResult, transfer } from '../../probes/bulk-transfer.js';
import { ownerOf } from '../../trace/cable-path.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { commonFamilies, containersByHost, orderedPairs } from '../../probes/endpoint-choice.js';
import { countFragments } from '../../probes/fragments.js';
import { failed, overflowed, passed, skipped } from '../../check/outcome.js';
import { addProbes, choosePairs, type Pair, probeMtuBytes } from './directions.js';
import { explain } from './evidence.js';
import {
  type Findings,
  interfaceMtus,
  isAsPredicted,
  isBelow,
  isLong,
  isShort,
  isSwallowed,
  type Judged,
  measuredMtu,
} from './findings.js';
import { limitOf } from './limit.js';
import { refine } from './narrowing.js';
import type { Measurement } from './probing.js';
import { askAgain, type Probed, probeInWindows } from './mtu-windows.js';

const BULK_BYTES = 256 * 1024;
const MOST_BULK_PAIRS = 16;
/** Directions that are narrowed down to the byte: the others of the same kind end alike. */
const MOST_REFINED = 8;
/** Between two looks at tunnels that are still finding their MTU: tinc sends its probes once a second. */
const SETTLING_PAUSE_MS = 500;

/** The MTU that arithmetic predicts is the one that containers have and the one that the path carries: no less, and no more. */
export const pathMtu: Check = {
  promise: 'path-mtu',
  forEveryContainer: true,
  lacks: aWireBetween,
  title:
    "the predicted MTU, the MTU of the containers' interfaces and the largest packet that gets through are the same",
  sharing: 'shared',
  async measure(context) {
    const guests = await addProbes(context);
    try {
      if (guests.length === 0) return nothingToProbe(context.plan);
      return await measureWith(context, guests);
    } finally {
      await context.guests.remove(guests);
    }
  },
};

function nothingToProbe(plan: Plan): CheckOutcome {
  if (containersByHost(plan).size === 0) return skipped('there are no containers', 'Give the scenario a container.');
  return skipped('no host has a free address for a probe endpoint', 'Leave one address of each slice free.');
}

async function measureWith(context: CheckContext, guests: readonly Endpoint[]): Promise<CheckOutcome> {
  const { plan, lab } = context;
  const pairs = choosePairs(plan, guests).filter((pair) => hasWay(lab, pair));
  if (pairs.length === 0) return skipped('nobody has a way to probe', 'Give the scenario containers on another host.');
  const fragmentsBefore = await countFragments(lab);
  const probed = await probeUntilSettled(context, pairs);
  const fragments = (await countFragments(lab)) - fragmentsBefore;
  const bulk = await transferBulk(context);
  const narrowed = await narrow(context, probed.measurements);
  const findings: Findings = {
    interfaces: await interfaceMtus(context),
    measurements: await judge(context, narrowed.measurements),
    pairs: pairs.length,
    fragments,
    bulk: bulk.value,
  };
  const result = measuredMtu(plan, findings);
  const evidence = await explain(context, findings);
  if (evidence.length === 0) return passed(result);
  if (probed.overflowed || narrowed.overflowed || bulk.overflowed)
    return overflowed('datagrams of probe endpoints and containers', result);
  return failed(result, evidence);
}

/** What shares one network sends to itself: nothing of that is ever on a wire. */
function hasWay(lab: Lab, { guest, container }: Pair): boolean {
  return ownerOf(lab, guest.node) !== ownerOf(lab, container.node);
}

/** Again and again where tunnels find the MTU by themselves, until they have, or should have. */
async function probeUntilSettled(context: CheckContext, pairs: readonly Pair[]): Promise<Probed> {
  const { settlesMs = 0 } = context.plan.mtu;
  const untilMs = performance.now() + settlesMs;
  for (;;) {
    const probed = await probeInWindows(context, pairs);
    if (probed.measurements.every(isAsPredicted) || performance.now() >= untilMs) return probed;
    await delay(SETTLING_PAUSE_MS, undefined, { signal: context.signal });
  }
}

/** To the byte, but only where it is not as predicted; what is no finding comes last. */
async function narrow(context: CheckContext, measurements: readonly Measurement[]): Promise<Probed> {
  const other = measurements.filter((one) => isBelow(one) || isLong(one));
  const wrong = other.toSorted((a, b) => Number(isAsPredicted(a)) - Number(isAsPredicted(b))).slice(0, MOST_REFINED);
  const narrowed = await refine(context, wrong, probeMtuBytes(context.plan));
  return await askAgain(context, replaced(measurements, wrong, narrowed));
}

function replaced<T>(all: readonly T[], some: readonly T[], by: readonly T[]): readonly T[] {
  const changed = new Map(some.map((one, index) => [one, by[index] ?? one]));
  return all.map((one) => changed.get(one) ?? one);
}

/** What limits those that carry less than they were to. */
async function judge({ lab, plan }: CheckContext, measurements: readonly Measurement[]): Promise<readonly Judged[]> {
  const judged = measurements.map(async (one) => {
    if (!isShort(one) && !isSwallowed(one)) return one;
    const limit = await limitOf(lab, plan, one, isShort(one) ? one.predictedBytes : one.sentBytes);
    return limit === undefined ? one : { ...one, limit };
  });
  return await Promise.all(judged);
}

/** Between real containers, one of each host, as any application would. Once more when the neighbour table overflowed. */
async function transferBulk({ plan, lab, signal }: CheckContext): Promise<NeighbourWindow<readonly TransferResult[]>> {
  const firsts = [...containersByHost(plan).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  const requests = orderedPairs(firsts, MOST_BULK_PAIRS).flatMap(([from, to]) =>
    commonFamilies(from, to).map((family) => ({ from, to, family, bytes: BULK_BYTES })),
  );
  const work = async (batch: readonly TransferRequest[]) =>
    await Promise.all(batch.map((request) => transfer(lab, request, signal)));
  const first = await inWindows(lab, requests, work, signal);
  if (!first.overflowed || first.value.every(({ completed }) => completed)) return first;
  return await inWindows(lab, requests, work, signal);
}
