/** The line below the title of a comparison: where it was made, how long it took, and how long its protocols may take. */
import type { ComparedRun, Comparison } from '../result/comparison.js';
import type { Environment } from '../result/result.js';
import { circumstances, wasBuilt } from './comparison-model.js';
import { followedText } from './followed.js';
import { chainMs, chainText, timerChain } from './protocol-timers.js';
import { count, formatDuration } from './text.js';

export function comparisonFacts({ runs, shard, durationMs }: Comparison): readonly string[] {
  const timers = longestTimers(runs);
  return [
    count(runs.length, 'run'),
    ...(shard === undefined ? [] : [`shard ${shard.index} of ${shard.total}`]),
    ...machines(runs),
    `took ${formatDuration(durationMs)}`,
    ...(timers === undefined ? [] : [timers]),
  ];
}

/** {@link circumstances} of all runs, and what following losses has cost, each with the run's name. */
export function allCircumstances({ runs }: Comparison): readonly string[] {
  return runs.flatMap(({ name, result }) =>
    [...circumstances(result), followedText(result) ?? []].flat().map((line) => `${name}: ${line}`),
  );
}

/** Each kind of machine once: shards may have been made on different ones. */
function machines(runs: readonly ComparedRun[]): readonly string[] {
  return [...new Set(runs.map(({ result }) => machineText(result.environment)))];
}

const machineText = ({ kernel, cores, privilege }: Environment): string =>
  `Linux ${kernel}, ${count(cores, 'core')}, ${privilege}`;

/** Of the runs that had a lab, the one whose protocols may take longest; undefined when none has to wait for a protocol. */
function longestTimers(runs: readonly ComparedRun[]): string | undefined {
  const [longest] = runs
    .filter(({ result }) => wasBuilt(result))
    .map(({ name, result }) => ({ name, chain: timerChain(result) }))
    .filter(({ chain }) => chain.length > 0)
    .toSorted((a, b) => chainMs(b.chain) - chainMs(a.chain));
  if (longest === undefined) return undefined;
  const { name, chain } = longest;
  return `longest chain of protocol timers (${name}): ${chainText(chain)}`;
}
