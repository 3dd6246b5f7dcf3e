/** Whether all promises were asked of a run, and what may be said of those that were. */
import { promiseNames } from '../declaration/promise.js';
import type { RunResult } from './result.js';

/** Some promises were left out, by `--only`, or by `only` or `except` of the scenario: what holds, holds of the others. Not of a run that was not built. */
export const isSelection = ({ promises }: Pick<RunResult, 'promises'>): boolean => {
  const asked = new Set(promises.map(({ promise }) => promise));
  return asked.size > 0 && promiseNames.some((name) => !asked.has(name));
};

/** `both promises that were measured`, for a subject or an object. */
export function measuredPromises(count: number): string {
  if (count === 1) return 'the one promise that was measured';
  return count === 2 ? 'both promises that were measured' : `all ${count} promises that were measured`;
}
