/** What a benchmark is told. */
import type { BenchResult, MtuPass } from '../result/bench.js';
import type { BenchEvent } from '../result/bench-events.js';
import type { InstrumentName } from '../result/bench-metrics.js';
import type { BenchLab } from './bench-lab.js';

/** How scenarios were given, and as `--hosts`, `--containers` and `--set` have it; null where each scenario has its own number. */
export type BenchVariation = Required<Pick<BenchResult['settings'], 'scenarios' | 'hosts' | 'containers' | 'set'>>;

export interface BenchOptions {
  readonly instruments: readonly InstrumentName[];
  /** Ordered pairs of hosts, at most. */
  readonly pairs: number;
  readonly passes: readonly MtuPass[];
  /** Those of them that are left out where the budget is not enough to judge all of it. */
  readonly optionalPasses: readonly MtuPass[];
  readonly udpRateBitsPerSecond: number;
  /** What all scenarios were given instead of their own; only told in the document, so that netlab gate measures the same. */
  readonly variation: BenchVariation;
  readonly budgetMs: number;
  readonly seed: number;
  readonly alpha: number;
  /** For each lab in turn, when all are built and before the first round: the honesty script plants slow-downs here. */
  readonly prepare?: (lab: BenchLab) => Promise<void>;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: (event: BenchEvent) => void;
}
