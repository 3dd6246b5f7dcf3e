/**
 * # throughput
 *
 * A bulk TCP transfer between containers of every pair of hosts completes.
 *
 * ## What it asks
 *
 * Does more than small packets get through, at a rate like that of the other pairs?
 *
 * ## How it is measured
 *
 * 4 MiB go by TCP from a container of each host to one of each other host, and between two of one host, one after the
 * other. A transfer that makes no progress for 1.2 s has stalled. One that gets, twice, less than a hundredth of what the
 * best of its likes gets (across hosts, or inside of one) is broken as well. Goodput is shown.
 *
 * ## Its limit
 *
 * Both ends share this machine's processors, so the figures compare networks on one machine and say nothing of a wire.
 * `netlab bench` measures speed with intervals. When netlab itself was too late, or another
 * user's lab measured at the same time, what would be a failure is inconclusive.
 *
 * ## What breaks it
 *
 * A wrong MTU with filtered ICMP, heavy loss, a broadcast storm, a rate limit that hits one host.
 *
 * ## What to do
 *
 * If small packets pass and this fails, read [path-mtu](path-mtu.md) first.
 */
import { exclusively } from '#lab/turns.js';
import type { Plan } from '../plan/plan.js';
import { twoContainers } from '../check/lacks.js';
import type { Evidence, Observation } from '../result/result.js';
import { goodputBitsPerSecond, type TransferRequest, type TransferResult, transfer } from '../probes/bulk-transfer.js';
import type { Check, CheckContext } from '../check/contract.js';
import { containersByHost, orderedPairs, pairCoverage } from '../probes/endpoint-choice.js';
import { differencesOf } from '../blame/differences.js';
import { followTransfer } from '../trace/follow-transfer.js';
import { failed, inconclusive, type Measured, passed, skipped } from '../check/outcome.js';
import { confirmSlow, type SlowTransfer } from '../probes/slow-transfers.js';
import { watchLag } from '../probes/patience.js';
import { cutOff, stormCuts } from '../probes/storm.js';
import { carriedSince, countTunnels, type TunnelBytes } from '../probes/tunnel-bytes.js';
import { counted, enumerate, tallied } from '../check/words.js';

const BYTES = 4 * 1024 * 1024;
const MOST_PAIRS = 64;
/** Each costs the time of a stall; more say nothing new. */
const MOST_FAILURES = 4;
/** netlab's event loop carries both ends: when it was this late, a stall may be its own. */
const TOLERABLE_LAG_MS = 300;

/** Bulk data gets through between containers of all hosts. How fast is shown and not judged: both ends share this machine. */
export const throughput: Check = {
  promise: 'throughput',
  forEveryContainer: true,
  lacks: twoContainers,
  title: `a TCP transfer of ${BYTES / 2 ** 20} MiB between every pair of hosts' containers completes`,
  sharing: 'alone',
  async measure(context) {
    const requests = requestsOf(context.plan);
    if (requests.length === 0)
      return skipped('there are fewer than two containers', 'Give the scenario another container.');
    const transferNow = async (isAlone: boolean): Promise<Run> => ({
      ...(await transferAll(context, requests)),
      isAlone,
    });
    const run = await exclusively(context.lab, transferNow, context.signal);
    const result = measured(context.plan, run);
    const broken = run.results.filter(({ completed }) => !completed);
    const storm = stormCuts(context.lab).fresh;
    if (storm.length > 0)
      return inconclusive(
        result,
        storm.map(({ end, seen }) => ({
          message: 'a broadcast storm ran while the transfers were measured',
          where: `${end.node}:${end.link}`,
          expected: 'no loop',
          seen,
        })),
        'a broadcast storm took what the transfers would have had; it has been cut off',
        'See loop-free, and measure again.',
      );
    if (broken.length === 0 && run.slow.length === 0) return passed(result);
    const doubt = doubtOf(run);
    if (doubt !== undefined) return inconclusive(result, [], doubt, 'Measure again on a less busy machine.');
    const lost = groups(broken).map((group) => evidenceOf(context, group));
    return failed(result, await Promise.all([...lost, ...slowEvidence(context, run)]));
  },
};

/** Why a transfer that failed, or was slow, may have been so for another reason than the network. */
export function doubtOf({ lagMs, isAlone }: Pick<Run, 'lagMs' | 'isAlone'>): string | undefined {
  if (lagMs > TOLERABLE_LAG_MS) return `netlab itself was ${lagMs} ms late`;
  return isAlone ? undefined : "another user's lab measured at the same time, or kept others from knowing";
}

interface Run {
  readonly results: readonly TransferResult[];
  /** Those that carried next to nothing, and did so again. */
  readonly slow: readonly SlowTransfer[];
  /** What tunnels of daemons carried meanwhile; empty where there are none. */
  readonly tunnels: TunnelBytes;
  readonly lagMs: number;
  /** No other user's lab had the turn at measuring as well. */
  readonly isAlone: boolean;
}

/** One container per host to every other host, and one transfer inside each host that has two. */
function requestsOf(plan: Plan): readonly TransferRequest[] {
  const byHost = [...containersByHost(plan).values()];
  const across = orderedPairs(byHost, MOST_PAIRS).map(([from, to]) => [from[0], to[0]] as const);
  const inside = byHost.slice(0, MOST_PAIRS).map(([from, to]) => [from, to] as const);
  return [...across, ...inside].flatMap(([from, to]) =>
    from === undefined || to === undefined ? [] : [{ from, to, family: 'ipv4', bytes: BYTES } as const],
  );
}

/** One after the other, so that none takes another's bandwidth. */
async function transferAll(
  { lab, signal }: CheckContext,
  requests: readonly TransferRequest[],
): Promise<Omit<Run, 'isAlone'>> {
  const results: TransferResult[] = [];
  let slow: readonly SlowTransfer[] = [];
  const before = await countTunnels(lab);
  const lag = watchLag();
  try {
    for (const request of requests) {
      results.push(await transfer(lab, request, signal));
      if (results.filter(({ completed }) => !completed).length === MOST_FAILURES) break;
    }
    slow = await confirmSlow(lab, results, signal);
    // A broadcast may have started it only now; before the sample nobody had sent one through that loop.
    await cutOff(lab, signal);
  } finally {
    lag.stop();
  }
  const across = results.filter(({ from, to }) => from.host !== to.host);
  const bytes = across.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
  return { results, slow, lagMs: lag.stop(), tunnels: await carriedSince(lab, before, bytes, signal) };
}

const pairName = ({ from, to }: TransferRequest): string => `${from.node} -> ${to.node}`;

function measured(plan: Plan, { results, lagMs, tunnels }: Run): Measured {
  const done = results.filter(({ completed }) => completed);
  const across = done.filter(({ from, to }) => from.host !== to.host).map(goodputBitsPerSecond);
  const inside = done.filter(({ from, to }) => from.host === to.host).map(goodputBitsPerSecond);
  const hosts = containersByHost(plan).size;
  const measuredPairs = results.filter(({ from, to }) => from.host !== to.host).length;
  return {
    summary: [
      ...rateWords(across, inside),
      `${done.length} of ${counted(results.length, 'transfer')} completed${tunnelWords(tunnels)}`,
    ].join('; '),
    ...(hosts < 2 ? {} : { coverage: pairCoverage(measuredPairs, hosts, 'hosts') }),
    observations: [
      ...done.map(
        (result): Observation => ({
          name: 'goodputBitsPerSecond',
          value: goodputBitsPerSecond(result),
          subject: pairName(result),
        }),
      ),
      ...Array.from(tunnels, ([subject, value]): Observation => ({ name: 'tunnelBytes', value, subject })),
      { name: 'schedulingLagMs', value: lagMs },
    ],
  };
}

/** Which tunnels had a part in it: a spanning tree leaves some with next to nothing, or what it drops at their other end. */
function tunnelWords(tunnels: TunnelBytes): string {
  if (tunnels.size === 0) return '';
  const busy = [...tunnels].flatMap(([name, bytes]) => (bytes >= BYTES ? [name] : [])).toSorted();
  return `; by ${busy.length === 0 ? 'no tunnel' : `the tunnels that begin at ${enumerate(busy)}`}`;
}

/** Figures first: `9.4-11 Gbit/s across hosts, 12-13 inside` is what a narrow terminal has room for. */
function rateWords(across: readonly number[], inside: readonly number[]): readonly string[] {
  if (across.length === 0) return inside.length === 0 ? [] : [`${rates(inside)} Gbit/s inside a host`];
  return [`${rates(across)} Gbit/s across hosts${inside.length === 0 ? '' : `, ${rates(inside)} inside`}`];
}

const figure = (rate: number): string => String(Number((rate / 1e9).toPrecision(2)));

function rates(bitsPerSecond: readonly number[]): string {
  const [low, high] = [figure(Math.min(...bitsPerSecond)), figure(Math.max(...bitsPerSecond))];
  return low === high ? low : `${low}-${high}`;
}

const ends = ({ result: { from, to } }: SlowTransfer) => [from.host ?? from.node, to.host ?? to.node];

/** One piece for all that are slow: what they have in common is told, no more. */
function slowEvidence(context: CheckContext, { slow }: Run): readonly Promise<Evidence>[] {
  const [first] = slow;
  if (first === undefined) return [];
  const common = ends(first).filter((host) => slow.every((one) => ends(one).includes(host)));
  const told = async (): Promise<Evidence> => {
    const nodes = [
      ...new Set(slow.flatMap(({ result: { from, to } }) => [from.node, to.node]).concat(slow.flatMap(ends))),
    ];
    const differences = await differencesOf(context, nodes);
    return {
      message: `${enumerate(slow.map(({ result }) => pairName(result)))} ${slow.length === 1 ? 'carries' : 'carry'} next to nothing`,
      ...(common.length === 1 ? { where: common[0] ?? '' } : {}),
      expected: `at least a hundredth of what the best of their likes gets: ${figure(first.bestBitsPerSecond)} Gbit/s`,
      seen: [
        `${enumerate(slow.map(({ result }) => `${figure(goodputBitsPerSecond(result))} Gbit/s`))}, measured twice`,
        ...(common.length === 1 ? [`all of them begin or end at ${common[0] ?? ''}`] : []),
        ...differences,
      ].join('; '),
    };
  };
  return [told()];
}

/** Failed transfers between the same two hosts. */
function groups(broken: readonly TransferResult[]): ReadonlyArray<readonly TransferResult[]> {
  const byHosts = new Map<string, TransferResult[]>();
  for (const result of broken) {
    const key = [result.from.host ?? '', result.to.host ?? ''].toSorted((a, b) => (a < b ? -1 : 1)).join(' ');
    byHosts.set(key, [...(byHosts.get(key) ?? []), result]);
  }
  return [...byHosts.values()];
}

async function evidenceOf(context: CheckContext, group: readonly TransferResult[]): Promise<Evidence> {
  const [first] = group as readonly [TransferResult];
  const loss = await followTransfer(context, first, group.length);
  const where = loss?.where ?? first.from.host;
  return {
    message: `the TCP transfer ${enumerate(group.map(pairName))} does not complete`,
    ...(where === undefined ? {} : { where }),
    expected: `${first.bytes} bytes at the receiver`,
    seen: `${first.receivedBytes} bytes from ${first.from.node}; ${tallied(group.map(({ problem }) => problem ?? 'no reason'))}${loss === undefined ? '' : `; ${loss.words}`}`,
  };
}
