/** Of a comparison that was stopped: what there is of it. */
import type { ComparedRun, Comparison } from '../result/comparison.js';
import { exitCodes } from '../result/exit-code.js';
import type { PromiseResult } from '../result/result.js';
import { count } from './text.js';

const isTold = ({ cell }: PromiseResult): boolean => cell !== 'unverified';

const toldIn = ({ result }: ComparedRun): readonly PromiseResult[] => result.promises.filter(isTold);

/** Without runs of which nothing is known, and without promises that were told of none; the same where it was not stopped. */
export function whatIsThere(comparison: Comparison): Comparison {
  if (comparison.exitCode !== exitCodes.interrupted) return comparison;
  const measured = comparison.runs.filter((run) => toldIn(run).length > 0);
  const names = new Set(measured.flatMap(toldIn).map(({ promise }) => promise));
  const runs = measured.map(({ name, result }) => ({
    name,
    result: { ...result, promises: result.promises.filter(({ promise }) => names.has(promise)) },
  }));
  return { ...comparison, runs };
}

/** `bridge-l2 (3 of 24 promises)`: those that were under way; empty where there is none. */
export function partsText({ runs }: Comparison): string {
  return runs
    .filter((run) => !run.result.complete && toldIn(run).length > 0)
    .map((run) => `${run.name} (${toldIn(run).length} of ${count(run.result.promises.length, 'promise')})`)
    .join(', ');
}
