import type { Comparison } from './comparison.js';
import { comparisonExitCode, namesWithoutRun } from './exit-code.js';

/** A comparison without what follows from its runs. */
export type ComparisonParts = Pick<
  Comparison,
  'netlabVersion' | 'startedAt' | 'durationMs' | 'planned' | 'shard' | 'skipMissing' | 'runs'
>;

/** The whole document. */
export function comparisonOf(parts: ComparisonParts): Comparison {
  const measured = parts.runs.every(({ result }) => result.complete || result.missing !== undefined);
  return {
    schemaVersion: 1,
    kind: 'comparison',
    ...parts,
    complete: measured && namesWithoutRun(parts).length === 0,
    exitCode: comparisonExitCode(parts),
  };
}
