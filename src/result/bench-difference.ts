import type { BenchJudgement, MtuPass } from './bench.js';
import type { MetricName } from './bench-metrics.js';

/** One cell of two benchmarks. */
export interface DifferenceCell extends BenchJudgement {
  readonly target: string;
  readonly pair: string;
  readonly pass: MtuPass;
  readonly metric: MetricName;
  /** Medians of the ratios, or differences, to the wire; null where one has none. */
  readonly before: number | null;
  readonly after: number | null;
}

/** What became of the ratios to the wire between two benchmarks: the document of `netlab gate` and `netlab diff`. */
export interface BenchDifference {
  readonly schemaVersion: 1;
  readonly kind: 'bench-difference';
  readonly note: 'one kernel, relative figures only';
  readonly before: BenchOrigin;
  readonly after: BenchOrigin;
  /** What makes the two hard to compare: another kernel, another processor. */
  readonly caveats: readonly string[];
  readonly cells: readonly DifferenceCell[];
  /** 0 nothing is worse, 1 something is, 4 something could not be judged. */
  readonly exitCode: number;
}

export interface BenchOrigin {
  readonly startedAt: string;
  readonly netlabVersion: string;
  readonly kernel: string;
  readonly processor: string;
  readonly rounds: number;
}
