import { type LeakProof, readEnvironment } from '#lab/machine.js';
import type { BenchForecast, BenchMachine, BenchResult, MtuPass } from '../result/bench.js';
import { exitCodes, isClean } from '../result/exit-code.js';
import { netlabVersion } from '../run/version.js';
import { leastPairs } from '../statistics/signed-rank.js';
import type { BenchOptions } from './bench-options.js';
import type { Recording } from './recording.js';
import type { RoundsReport } from './rounds.js';
import { cellsOf, comparisonsOf, isDisturbed, noiseOf } from './summary.js';
import type { Target } from './target.js';

/** Everything that the document is made of. */
export interface BenchParts {
  readonly startedAt: Date;
  readonly targets: readonly Target[];
  readonly recording: Recording;
  readonly passes: readonly MtuPass[];
  readonly forecast: BenchForecast;
  readonly options: BenchOptions;
  readonly rounds: RoundsReport;
  readonly machine: BenchMachine;
  readonly leaks: Readonly<Record<string, LeakProof>>;
  readonly failure?: BenchResult['failure'];
}

const programs = ['iperf3', 'ping', 'ip', 'nft', 'tincd', 'wireguard-go', 'ovs-vswitchd', 'bird'];

export async function assembleBench(parts: BenchParts): Promise<BenchResult> {
  const { startedAt, targets, recording, passes, forecast, options, rounds, machine, leaks, failure } = parts;
  const { seed, alpha, budgetMs, instruments, udpRateBitsPerSecond, variation } = options;
  const cells = cellsOf(recording, seed);
  const noise = noiseOf(cells, { stealShare: rounds.stealShare, idleBusyShare: recording.idleBusyShare });
  const comparisons = comparisonsOf(cells, targets, noise, alpha);
  const pairs = Math.max(...targets.map((target) => target.pairs.length));
  const body = {
    schemaVersion: 1,
    kind: 'bench',
    netlabVersion,
    startedAt: startedAt.toISOString(),
    note: 'one kernel, relative figures only',
    seed,
    budgetMs,
    measuringMs: rounds.measuringMs,
    settings: { instruments, pairs, passes, udpRateBitsPerSecond, ...variation, alpha },
    forecast,
    environment: await readEnvironment(programs),
    machine,
    noise,
    targets: targets.map(({ plan: _plan, nodes: _nodes, pairs: _pairs, ...facts }) => facts),
    rounds: rounds.rounds,
    cells,
    comparisons,
    latencies: recording.latencies(),
    leaks,
    ...(failure === undefined ? {} : { failure }),
    complete: !options.stop.aborted && failure === undefined,
  } as const;
  return { ...body, exitCode: exitCodeOf(body, options.stop.aborted) };
}

/**
 * A machine that is too noisy, and too few rounds, are no failure, and nothing to rely on either. What could not be judged
 * of much that was says so in its own line.
 */
function exitCodeOf(result: Omit<BenchResult, 'exitCode'>, interrupted: boolean): number {
  const { leaks, failure, noise, rounds, settings, comparisons } = result;
  if (!Object.values(leaks).every(isClean) || failure !== undefined) return exitCodes.failed;
  if (interrupted) return exitCodes.interrupted;
  const least = leastPairs(settings.alpha / Math.max(1, comparisons.length));
  const nothing =
    comparisons.length === 0 ? noise.noisy : comparisons.every(({ verdict }) => verdict === 'inconclusive');
  return nothing || isDisturbed(noise) || rounds < least ? exitCodes.inconclusive : exitCodes.kept;
}
