/** Intervals by resampling (Efron's percentile bootstrap): no assumption about how the values are distributed. */
import { medianOf, quantileOf, resampled } from './descriptive.js';
import type { Random } from './random.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Enough for the 2.5 % and 97.5 % quantiles to be steady to about a hundredth of the interval. */
const RESAMPLES = 1_000;
const LEVEL = 0.95;

function middleOf(statistics: readonly number[]): Interval {
  const tail = (1 - LEVEL) / 2;
  return { low: quantileOf(statistics, tail), high: quantileOf(statistics, 1 - tail) };
}

const repeated = (statistic: () => number): readonly number[] => Array.from({ length: RESAMPLES }, statistic);

/** Where the median lies, with 95 %. @param values at least one */
export function medianInterval(values: readonly number[], random: Random): Interval {
  return middleOf(repeated(() => medianOf(resampled(values, random))));
}

/** Where the difference, or the ratio, of two medians lies, with 95 %: of the second as seen from the first. */
export function effectInterval(
  first: readonly number[],
  second: readonly number[],
  effect: (first: number, second: number) => number,
  random: Random,
): Interval {
  return middleOf(repeated(() => effect(medianOf(resampled(first, random)), medianOf(resampled(second, random)))));
}
