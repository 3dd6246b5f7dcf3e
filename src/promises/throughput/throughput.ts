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
import type { Check, CheckContext } from '../../check/contract.js';
import { twoContainers } from '../../check/lacks.js';
import { failed, inconclusive, passed, skipped } from '../../check/outcome.js';
import type { Plan } from '../../plan/plan.js';
import { type TransferRequest, type TransferResult, transfer } from '../../probes/bulk-transfer.js';
import { containersByHost, orderedPairs } from '../../probes/endpoint-choice.js';
import { watchLag } from '../../probes/patience.js';
import { confirmSlow, type SlowTransfer } from '../../probes/slow-transfers.js';
import { cutOff, stormCuts } from '../../probes/storm.js';
import { carriedSince, countTunnels } from '../../probes/tunnel-bytes.js';
import { lostEvidence, slowEvidence } from './evidence.js';
import { measured } from './measured.js';
import { BYTES, type Run } from './transfers.js';

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
    return failed(result, await Promise.all([...lostEvidence(context, broken), ...slowEvidence(context, run)]));
  },
};

/** Why a transfer that failed, or was slow, may have been so for another reason than the network. */
export function doubtOf({ lagMs, isAlone }: Pick<Run, 'lagMs' | 'isAlone'>): string | undefined {
  if (lagMs > TOLERABLE_LAG_MS) return `netlab itself was ${lagMs} ms late`;
  return isAlone ? undefined : "another user's lab measured at the same time, or kept others from knowing";
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
