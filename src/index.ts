/** What others may import: the types of what netlab reads and writes. The JSON Schemas of the same are beside it. */
export type { PromiseName } from './declaration/promise.js';
export type { BenchDifference } from './result/bench-difference.js';
export type { BenchResult } from './result/bench.js';
export type { Comparison } from './result/comparison.js';
export type { ComparisonEvent, RunEvent } from './result/events.js';
export type {
  Cell,
  CheckResult,
  Environment,
  Evidence,
  LeakProof,
  Observation,
  PromiseResult,
  RunResult,
  Verdict,
} from './result/result.js';
export type { ScenarioInput } from './scenario/schema.js';
