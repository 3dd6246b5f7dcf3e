import type { LockHolder } from '#lab/waits.js';
import type { PromiseName } from '../declaration/promise.js';
import type { Comparison } from './comparison.js';
import type { CheckResult, LeakProof, Phase, PromiseResult, RunResult } from './result.js';

/** What happens during a run, as it happens: `--events` prints these as NDJSON and reporters listen to them. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly scenario: string;
      readonly strategy: string;
      readonly promises: readonly PromiseName[];
    }
  | { readonly type: 'phase-started'; readonly phase: Phase['name'] }
  | { readonly type: 'phase-ended'; readonly phase: Phase['name']; readonly durationMs: number }
  | { readonly type: 'build-progress'; readonly done: number; readonly total: number }
  /** Another lab of the machine has had its turn for more than a second; again when it is another one's turn. */
  | { readonly type: 'waiting'; readonly for: 'another lab'; readonly text: string; readonly holder?: LockHolder }
  /** The lab was mended a short time ago, and its protocols may still be finding back. */
  | { readonly type: 'waiting'; readonly for: 'recovery'; readonly text: string }
  | { readonly type: 'waiting-ended' }
  | { readonly type: 'check-started'; readonly promise: PromiseName }
  | { readonly type: 'check-ended'; readonly promise: PromiseName; readonly result: CheckResult }
  | { readonly type: 'promise-judged'; readonly result: PromiseResult }
  | { readonly type: 'leaks-checked'; readonly leaks: LeakProof }
  | { readonly type: 'run-ended'; readonly result: RunResult };

/** What happens during a comparison, as it happens: what happens in a run has that run's name. */
export type ComparisonEvent =
  | {
      readonly type: 'comparison-started';
      readonly runs: ReadonlyArray<{ readonly name: string; readonly strategy: string }>;
    }
  | (RunEvent & { readonly run: string })
  | { readonly type: 'comparison-ended'; readonly comparison: Comparison };

/** What renders a run. Every method is optional; a multiplexer calls them all. */
export interface Reporter {
  onEvent?(event: RunEvent): void;
  /** Called once, last. The run waits for it. */
  onEnd?(result: RunResult): void | Promise<void>;
}
