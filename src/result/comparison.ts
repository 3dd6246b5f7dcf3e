import type { RunResult } from './result.js';

/** One column of a comparison. */
export interface ComparedRun {
  /** The scenario, and `@routed` or `@switch` where underlays are compared; unique in the comparison. */
  readonly name: string;
  readonly result: RunResult;
}

/** A part of a comparison that was made on several machines. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** Scenarios measured side by side: the JSON document that every report of a comparison is rendered from. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly kind: 'comparison';
  readonly netlabVersion: string;
  readonly startedAt: string;
  /** From the start of the first run to the end of the last one; the longest shard's when merged. */
  readonly durationMs: number;
  /** Names of all that is compared, in order, those of other shards included. */
  readonly planned: readonly string[];
  /** Absent when everything is here. */
  readonly shard?: Shard;
  /** Those that this machine cannot build do not count for the exit code. */
  readonly skipMissing: boolean;
  readonly runs: readonly ComparedRun[];
  /** False when a run was cut short, or a shard is missing. */
  readonly complete: boolean;
  readonly exitCode: number;
}

/** Of the names, those that a shard measures: every total-th, so that a change of one moves few others. */
export function namesOfShard(planned: readonly string[], { index, total }: Shard): readonly string[] {
  return planned.filter((_, place) => place % total === index - 1);
}
