/** Two benchmarks beside each other: ratios to the wire, never absolute figures. Pure. */
import type { BenchCell, BenchResult } from '../result/bench.js';
import type { BenchDifference, BenchOrigin, DifferenceCell } from '../result/bench-difference.js';
import { metrics } from '../result/bench-metrics.js';
import { exitCodes } from '../result/exit-code.js';
import { medianOf } from '../statistics/descriptive.js';
import { judge, type Judgement } from '../statistics/judge.js';
import { refused, toWireOf, unlessNoisy } from './summary.js';

/**
 * Between two benchmarks the machine does not stay what it was, and rounds of either say nothing about that: of one and the
 * same network ratios were up to 6 % apart on an otherwise idle machine (npm run bench:honesty -- diffs 10). Less than this
 * does not count as a difference, where 5 % do between networks that are measured in turns.
 */
const LEAST_BETWEEN_BENCHMARKS = 0.1;

/** Every judged cell of the first, with what became of it. */
export function differenceOf(before: BenchResult, after: BenchResult): BenchDifference {
  const wanted = before.cells.filter((cell) => cell.target !== 'wire' && metrics[cell.metric].judged);
  const cells = wanted.map((cell) => cellOf(cell, { before, after, cells: wanted.length }));
  return {
    schemaVersion: 1,
    kind: 'bench-difference',
    note: 'one kernel, relative figures only',
    before: originOf(before),
    after: originOf(after),
    caveats: caveatsOf(before, after),
    cells,
    exitCode: exitCodeOf(cells),
  };
}

interface Context {
  readonly before: BenchResult;
  readonly after: BenchResult;
  readonly cells: number;
}

function cellOf(cell: BenchCell, context: Context): DifferenceCell {
  const { target, pair, pass, metric } = cell;
  const other = context.after.cells.find(
    (one) => one.target === target && one.pair === pair && one.pass === pass && one.metric === metric,
  );
  const [first, second] = [toWireOf(cell.samples), toWireOf(other?.samples ?? [])];
  const medians = { before: middle(first), after: middle(second) };
  return { target, pair, pass, metric, ...medians, ...judged(cell, first, second, context) };
}

const middle = (values: readonly number[]): number | null => (values.length === 0 ? null : medianOf(values));

function judged(
  { metric }: BenchCell,
  first: readonly number[],
  second: readonly number[],
  { before, after, cells }: Context,
): Judgement {
  const { better, scale, minimumEffect } = metrics[metric];
  const judgement = judge(first, second, {
    better,
    scale,
    minimumEffect: scale === 'relative' ? Math.max(minimumEffect, LEAST_BETWEEN_BENCHMARKS) : minimumEffect,
    cells,
    alpha: Math.min(before.settings.alpha, after.settings.alpha),
  });
  if (metric === 'udpLossShare' && before.settings.udpRateBitsPerSecond !== after.settings.udpRateBitsPerSecond)
    return refused(judgement, 'the two were measured at different rates');
  const believed = unlessNoisy(judgement, metric, before.noise);
  if (believed.reason !== judgement.reason) return { ...believed, reason: `of the first: ${believed.reason}` };
  return unlessNoisy(judgement, metric, after.noise);
}

const originOf = (result: BenchResult): BenchOrigin => ({
  startedAt: result.startedAt,
  netlabVersion: result.netlabVersion,
  kernel: result.environment.kernel,
  processor: result.machine.processor,
  rounds: result.rounds,
});

/** Ratios to the wire travel from machine to machine better than figures do, and not unchanged. */
function caveatsOf(before: BenchResult, after: BenchResult): readonly string[] {
  const facts = [
    ['kernel', before.environment.kernel, after.environment.kernel],
    ['processor', before.machine.processor, after.machine.processor],
    ['number of processors', before.environment.cores, after.environment.cores],
    ['congestion control', before.machine.congestionControl, after.machine.congestionControl],
    ['offloads', JSON.stringify(before.machine.offloads), JSON.stringify(after.machine.offloads)],
  ] as const;
  const other = facts.flatMap(([what, was, is]) => (was === is ? [] : [`${what}: ${was}, now ${is}`]));
  return [...other, ...otherPlans(before, after)];
}

function otherPlans(before: BenchResult, after: BenchResult): readonly string[] {
  return before.targets.flatMap(({ name, digest }) => {
    const now = after.targets.find((target) => target.name === name);
    return now === undefined || now.digest === digest ? [] : [`${name}: its plan is not the same`];
  });
}

function exitCodeOf(cells: readonly DifferenceCell[]): number {
  const verdicts = cells.map(({ verdict }) => verdict);
  if (verdicts.includes('worse')) return exitCodes.broken;
  return cells.length === 0 || verdicts.includes('inconclusive') ? exitCodes.inconclusive : exitCodes.kept;
}
