import type { BenchForecast, BenchResult } from './bench.js';
import type { InstrumentName } from './bench-metrics.js';
import type { RunEvent } from './events.js';

/** What happens during a benchmark, as it happens. */
export type BenchEvent =
  | {
      readonly type: 'bench-started';
      readonly targets: readonly string[];
      readonly budgetMs: number;
      readonly forecast: BenchForecast;
    }
  | { readonly type: 'target-built'; readonly target: string; readonly durationMs: number }
  | {
      readonly type: 'sample-started';
      /** 0 is the warm-up. */
      readonly round: number;
      readonly target: string;
      readonly instrument: InstrumentName;
      readonly pair: string;
      readonly elapsedMs: number;
      readonly budgetMs: number;
    }
  | {
      readonly type: 'round-ended';
      readonly round: number;
      readonly elapsedMs: number;
      readonly budgetMs: number;
    }
  /** As in a run: see RunEvent. */
  | (Extract<RunEvent, { readonly for: 'another lab' }> & { readonly target: string })
  | { readonly type: 'waiting-ended'; readonly target: string }
  | { readonly type: 'teardown-started' }
  | { readonly type: 'bench-ended'; readonly result: BenchResult };
