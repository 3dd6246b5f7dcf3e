/** The line below the title of a comparison: where it was made, how long it took, and how long its protocols may take. */
import type { ComparedRun, Comparison } from '../result/comparison.js';
import type { Environment } from '../result/result.js';
import { circumstances, wasBuilt } from './comparison-model.js';
import { count, formatDuration } from './text.js';

export function comparisonFacts({ runs, shard, durationMs }: Comparison): readonly string[] {
  const timers = longestTimers(runs);
  return [
    count(runs.length, 'run'),
    ...(shard === undefined ? [] : [`shard ${shard.index} of ${shard.total}`]),
    ...machines(runs),
    `took ${formatDuration(durationMs)}`,
    ...(timers === undefined ? [] : [`longest protocol timers: ${formatDuration(timers.timersMs)} (${timers.name})`]),
  ];
}

/** {@link circumstances} of all runs, each with the run's name. */
export function allCircumstances({ runs }: Comparison): readonly string[] {
  return runs.flatMap(({ name, result }) => circumstances(result).map((line) => `${name}: ${line}`));
}

/** Each kind of machine once: shards may have been made on different ones. */
function machines(runs: readonly ComparedRun[]): readonly string[] {
  return [...new Set(runs.map(({ result }) => machineText(result.environment)))];
}

const machineText = ({ kernel, cores, privilege }: Environment): string =>
  `Linux ${kernel}, ${count(cores, 'core')}, ${privilege}`;

/** A run, and how long the timers of its protocols may take, one after the other. */
interface Timers {
  readonly name: string;
  readonly timersMs: number;
}

/** Of the runs that had a lab; undefined when none has to wait for a protocol. */
function longestTimers(runs: readonly ComparedRun[]): Timers | undefined {
  return runs
    .filter(({ result }) => wasBuilt(result))
    .map(({ name, result }) => ({ name, timersMs: result.design?.convergence?.deadlineMs ?? 0 }))
    .filter(({ timersMs }) => timersMs > 0)
    .toSorted((a, b) => b.timersMs - a.timersMs)[0];
}
