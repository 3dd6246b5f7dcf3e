/** Benchmarks made up of samples with known medians: no lab. */
import { Recording } from '#src/bench/recording.js';
import { passesOf, type ScheduleSettings, slotGroups } from '#src/bench/schedule.js';
import { cellsOf, comparisonsOf, noiseOf } from '#src/bench/summary.js';
import { type Target, targetsOf } from '#src/bench/target.js';
import type { SampleReport } from '#src/measure/sample.js';
import type { BenchResult } from '#src/result/bench.js';
import type { InstrumentName } from '#src/result/bench-metrics.js';
import { seededRandom } from '#src/statistics/random.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';

const shape = { containers: 1, outsiders: 0, ipv6: false } as const;

export const twoTargets = (pairs = 1, hosts = 2): readonly Target[] =>
  targetsOf(
    [
      { name: 'host-gw', role: 'baseline', plan: planOf(scenarioOf({ ...shape, hosts, strategy: 'host-gw' })) },
      { name: 'vxlan', role: 'subject', plan: planOf(scenarioOf({ ...shape, hosts, strategy: 'vxlan' })) },
    ],
    pairs,
  );

export interface Made {
  readonly rounds?: number;
  readonly seed?: number;
  /** Relative deviation of every sample. */
  readonly deviation?: number;
  /** Of those of the bare cable. */
  readonly wireDeviation?: number;
  readonly instruments?: readonly InstrumentName[];
  /** How fast vxlan is beside the wire. */
  readonly vxlan?: number;
  readonly idleBusyShare?: number;
  /** How much faster everything is in the end than in the beginning. */
  readonly drift?: number;
  readonly name?: string;
}

const speeds = (vxlan: number): Readonly<Record<string, number>> => ({ wire: 1, 'host-gw': 0.9, vxlan });

/** Faster is more per second, and less time and cost. */
function reportOf(instrument: InstrumentName, speed: number, idleBusyShare: number): SampleReport {
  const roundTripsMs = Array.from({ length: 150 }, (_, index) => (0.01 + index * 0.0001) / speed);
  const sentMs = roundTripsMs.map((_, index) => 2 * index);
  switch (instrument) {
    case 'tcp-1':
      return {
        values: {
          tcpGoodput1BitsPerSecond: 1e10 * speed,
          cpuSecondsPerGigabyte: 1 / speed,
          retransmissionsPerGigabyte: 0,
        },
        idleBusyShare,
      };
    case 'tcp-8':
      return { values: { tcpGoodput8BitsPerSecond: 1.2e10 * speed } };
    case 'udp-limit':
      return { values: { udpLosslessBitsPerSecond: 1e9 * speed } };
    case 'udp-loss':
      return { values: { udpLossShare: speed < 0.85 ? 0.05 : 0 } };
    case 'rtt-idle':
      return { values: { rttIdleP50Ms: 0.02 / speed, rttIdleP99Ms: 0.04 / speed }, roundTripsMs, sentMs };
    case 'rtt-loaded':
      return { values: { rttLoadedP50Ms: 0.03 / speed, rttLoadedP99Ms: 0.09 / speed }, roundTripsMs, sentMs };
    case 'connections':
      return { values: { connectionsPerSecond: 1e4 * speed } };
    case 'requests':
      return { values: { requestsPerSecond: 3e4 * speed } };
  }
}

export const clean = {
  verified: true,
  leftovers: [],
  machineChanges: [],
  compared: [],
  notCompared: [],
  waitedMs: 1,
} as const;

export function madeBench(made: Made = {}): BenchResult {
  const { rounds = 20, seed = 1, deviation = 0.01, instruments = ['tcp-1', 'rtt-idle'], vxlan = 0.7 } = made;
  const targets = twoTargets();
  const settings: ScheduleSettings = { instruments, passes: passesOf(targets, ['native', 'equal']) };
  const groups = slotGroups(targets, settings);
  const recording = new Recording(groups);
  const random = seededRandom(seed);
  for (let round = 1; round <= rounds; round += 1)
    for (const slot of groups.flat()) {
      const spread = slot.target.name === 'wire' ? (made.wireDeviation ?? deviation) : deviation;
      const speed =
        (speeds(vxlan)[slot.target.name] ?? 1) *
        (1 + spread * (2 * random() - 1)) *
        (1 + ((made.drift ?? 0) * round) / rounds);
      recording.add(slot, round, reportOf(slot.instrument, speed, made.idleBusyShare ?? 0.01));
    }
  const cells = cellsOf(recording, seed);
  const noise = noiseOf(cells, { stealShare: 0, idleBusyShare: recording.idleBusyShare });
  return {
    schemaVersion: 1,
    kind: 'bench',
    netlabVersion: '0.1.0',
    startedAt: '2026-11-21T10:00:00.000Z',
    note: 'one kernel, relative figures only',
    seed,
    budgetMs: 60_000,
    measuringMs: 59_000,
    settings: { instruments, pairs: 1, passes: settings.passes, udpRateBitsPerSecond: 3e8, hosts: null, alpha: 0.002 },
    environment: { kernel: '6.18.0', cores: 2, node: '20.20.2', privilege: 'root', tools: { iperf3: '3.12' } },
    machine: {
      processor: made.name ?? 'a processor',
      offloads: { 'tcp-segmentation-offload': 'on' },
      congestionControl: 'cubic',
    },
    noise,
    targets: targets.map(({ plan: _plan, nodes: _nodes, pairs: _pairs, ...facts }) => facts),
    rounds,
    cells,
    comparisons: comparisonsOf(cells, targets, noise, 0.002),
    latencies: recording.latencies(),
    leaks: { wire: clean, 'host-gw': clean, vxlan: clean },
    complete: true,
    exitCode: 0,
  };
}
