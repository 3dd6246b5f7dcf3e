/** What the rounds have found so far. */
import type { SampleReport } from '../measure/sample.js';
import type { BenchLatency, BenchSample } from '../result/bench.js';
import { type MetricName, metricNames, metrics } from '../result/bench-metrics.js';
import { medianOf, quantileOf } from '../statistics/descriptive.js';
import { type Slot, slotKey } from './schedule.js';

interface Recorded {
  readonly slot: Slot;
  readonly values: Map<MetricName, Map<number, number>>;
  readonly roundTripsMs: number[];
  overTime: ReadonlyArray<readonly [number, number]>;
  failures: number;
  problem?: string;
}

const MOST_TIMES = 200;

export class Recording {
  readonly #slots = new Map<string, Recorded>();

  readonly #idleBusyShares: number[] = [];

  constructor(groups: ReadonlyArray<readonly Slot[]>) {
    for (const slot of groups.flat())
      this.#slots.set(slotKey(slot), { slot, values: new Map(), roundTripsMs: [], overTime: [], failures: 0 });
  }

  add(slot: Slot, round: number, report: SampleReport): void {
    const recorded = this.#slots.get(slotKey(slot));
    if (recorded === undefined) return;
    if (report.problem !== undefined) {
      recorded.failures += 1;
      recorded.problem = report.problem;
    }
    for (const [metric, value] of Object.entries(report.values) as Array<[MetricName, number]>) {
      const values = recorded.values.get(metric) ?? new Map<number, number>();
      recorded.values.set(metric, values.set(round, value));
    }
    if (report.idleBusyShare !== undefined) this.#idleBusyShares.push(report.idleBusyShare);
    const { roundTripsMs = [], sentMs = [] } = report;
    if (roundTripsMs.length === 0) return;
    recorded.roundTripsMs.push(...roundTripsMs);
    if (sentMs.length > 0)
      recorded.overTime = roundTripsMs.slice(0, MOST_TIMES).map((ms, index) => [sentMs[index] ?? 0, ms] as const);
  }

  /** What kept the warm-up from measuring: told where nothing else is known. */
  tell(slot: Slot, problem: string | undefined): void {
    const recorded = this.#slots.get(slotKey(slot));
    if (recorded !== undefined && problem !== undefined) recorded.problem = problem;
  }

  /** The median; 0 where nothing has told it. */
  get idleBusyShare(): number {
    return this.#idleBusyShares.length === 0 ? 0 : medianOf(this.#idleBusyShares);
  }

  /** Every slot with each of its metrics, measured or not. */
  cells(): ReadonlyArray<{ readonly slot: Slot; readonly metric: MetricName; readonly recorded: Recorded }> {
    return [...this.#slots.values()].flatMap((recorded) =>
      metricNames
        .filter((metric) => metrics[metric].instrument === recorded.slot.instrument)
        .map((metric) => ({ slot: recorded.slot, metric, recorded })),
    );
  }

  /** Each value beside the wire's of the same round. */
  samplesOf({ pairIndex, pass, instrument }: Slot, recorded: Recorded, metric: MetricName): readonly BenchSample[] {
    const wire = this.#slots.get(['wire', instrument, pairIndex, pass].join('|'))?.values.get(metric);
    const isRatio = metrics[metric].scale === 'relative';
    return [...(recorded.values.get(metric) ?? [])].map(([round, value]) => {
      const base = wire?.get(round);
      const toWire = base === undefined ? null : isRatio ? value / base : value - base;
      return { round, value, toWire: toWire === null || !Number.isFinite(toWire) ? null : toWire };
    });
  }

  latencies(): readonly BenchLatency[] {
    return [...this.#slots.values()]
      .filter(({ roundTripsMs }) => roundTripsMs.length > 0)
      .map(({ slot, roundTripsMs, overTime }) => ({
        target: slot.target.name,
        pair: slot.pair.name,
        pass: slot.pass,
        load: slot.instrument === 'rtt-loaded' ? 'loaded' : 'idle',
        percentilesMs: Array.from({ length: 101 }, (_, percent) => quantileOf(roundTripsMs, percent / 100)),
        overTime,
      }));
  }
}
