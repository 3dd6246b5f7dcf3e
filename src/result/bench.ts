import type { InstrumentName, MetricName } from './bench-metrics.js';
import type { Environment, LeakProof } from './result.js';

/** A 95 % interval, from resampling. */
export interface BenchInterval {
  readonly low: number;
  readonly high: number;
}

/** `native`: the MTU that a network gives its containers; `equal`: the smallest of those that are compared, for all. */
export const mtuPasses = ['native', 'equal'] as const;
export type MtuPass = (typeof mtuPasses)[number];

/** Something that was measured beside the others, in a lab of its own. */
export interface BenchTarget {
  /** The scenario's; `wire` for a bare cable between two containers. */
  readonly name: string;
  readonly role: 'wire' | 'baseline' | 'subject';
  /** Absent for the wire. */
  readonly strategy?: string;
  readonly hosts: number;
  readonly mtuBytes: number;
  /** sha256 of its plan; absent for the wire. */
  readonly digest?: string;
}

export interface BenchSample {
  /** From 1; the warm-up is round 0 and left out. */
  readonly round: number;
  readonly value: number;
  /** Against the wire in the same round: a ratio, or a difference where the metric is absolute; null without a wire's sample. */
  readonly toWire: number | null;
}

/** One metric of one target, between two of its hosts, in one direction. */
export interface BenchCell {
  readonly target: string;
  /** `h1 -> h2` */
  readonly pair: string;
  /** 0 for the first pair: the wire's cell with the same one is what it was measured against. */
  readonly pairIndex: number;
  readonly pass: MtuPass;
  readonly mtuBytes: number;
  readonly metric: MetricName;
  readonly samples: readonly BenchSample[];
  /** Samples that could not be taken. */
  readonly failures: number;
  /** Why, in the words of the last of them. */
  readonly problem?: string;
  /** Null without samples. */
  readonly median: number | null;
  readonly toWire: { readonly median: number; readonly interval: BenchInterval } | null;
}

/** What two samples of ratios say of each other; see statistics/judge.ts. */
export interface BenchJudgement {
  readonly verdict: 'better' | 'worse' | 'same' | 'inconclusive';
  /** Hodges-Lehmann: a share where the metric is relative, else in its unit; null where there are no values. */
  readonly effect: number | null;
  readonly interval: BenchInterval | null;
  /** Of one benchmark: Wilcoxon's signed ranks; of two: Mann-Whitney. Both sides, before it is corrected for the number of cells. */
  readonly probability: number | null;
  readonly reason?: string;
  /** So many more rounds are likely to decide; null where no number of them is. */
  readonly moreRounds?: number | null;
}

/** A target against the routed baseline of the same run. */
export interface BenchComparison extends BenchJudgement {
  readonly target: string;
  readonly against: string;
  readonly pair: string;
  readonly pass: MtuPass;
  readonly metric: MetricName;
}

/** Round-trip times of all rounds together. */
export interface BenchLatency {
  readonly target: string;
  readonly pair: string;
  readonly pass: MtuPass;
  readonly load: 'idle' | 'loaded';
  /** At 0 %, 1 %, ..., 100 %, in milliseconds. */
  readonly percentilesMs: readonly number[];
  /** Of the last round: when a request was sent, and how long its answer took. */
  readonly overTime: ReadonlyArray<readonly [sentMs: number, roundTripMs: number]>;
}

/** What the machine is, as far as figures depend on it. */
export interface BenchMachine {
  readonly processor: string;
  /** `tcp-segmentation-offload` to `on`, as ethtool -k has them for the wire; empty without ethtool. */
  readonly offloads: Readonly<Record<string, string>>;
  readonly congestionControl: string;
}

export interface BenchNoise {
  readonly noisy: boolean;
  readonly reasons: readonly string[];
  readonly stealShare: number;
  /** Used by others while nothing was measured; the median. */
  readonly idleBusyShare: number;
  readonly wireSpread: Readonly<Record<string, number>>;
}

/** What the budget was thought to be enough for, before anything was built. */
export interface BenchForecast {
  readonly rounds: number;
  readonly metrics: ReadonlyArray<{
    readonly metric: MetricName;
    readonly samples: number;
    /** So many of each of two benchmarks tell, on an idle machine, that nothing has changed. */
    readonly wanted: number;
  }>;
  /** Passes that would be measured if there were more time. */
  readonly leftOut: readonly MtuPass[];
  /** The shortest budget that is enough for all that was wished for; null beyond an hour. */
  readonly enoughMs: number | null;
}

/** The document of `netlab bench`. */
export interface BenchResult {
  readonly schemaVersion: 1;
  readonly kind: 'bench';
  readonly netlabVersion: string;
  readonly startedAt: string;
  /** All ends share one kernel and its processors: figures mean something beside each other, and nothing by themselves. */
  readonly note: 'one kernel, relative figures only';
  readonly seed: number;
  readonly budgetMs: number;
  /** What it really took, without building and taking down. */
  readonly measuringMs: number;
  readonly settings: {
    readonly instruments: readonly InstrumentName[];
    readonly pairs: number;
    readonly passes: readonly MtuPass[];
    readonly udpRateBitsPerSecond: number;
    /** As they were given, names or paths; `-` is standard input. Absent in documents of older ones. */
    readonly scenarios?: readonly string[];
    /** Which all scenarios were given; null where each has its own. */
    readonly hosts: number | null;
    /** The same of containers per host; absent in documents of older ones. */
    readonly containers?: number | null;
    /** `--set KEY=VALUE` as it was written; absent in documents of older ones. */
    readonly set?: readonly string[];
    /** Probability of any false alarm among all comparisons of the document. */
    readonly alpha: number;
  };
  /** Absent in documents of older ones. */
  readonly forecast?: BenchForecast;
  readonly environment: Environment;
  readonly machine: BenchMachine;
  readonly noise: BenchNoise;
  readonly targets: readonly BenchTarget[];
  /** Whole rounds that count, the warm-up left out; some cells have a sample more, of the round that was not whole. */
  readonly rounds: number;
  readonly cells: readonly BenchCell[];
  readonly comparisons: readonly BenchComparison[];
  readonly latencies: readonly BenchLatency[];
  /** Of each target's lab. */
  readonly leaks: Readonly<Record<string, LeakProof>>;
  readonly failure?: { readonly message: string; readonly remedy?: string };
  /** False when it was cut short. */
  readonly complete: boolean;
  readonly exitCode: number;
}
