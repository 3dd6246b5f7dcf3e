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

/** Where the median lies, with 95 %. @param values at least one */
export function medianInterval(values: readonly number[], random: Random): Interval {
  const medians = Array.from({ length: RESAMPLES }, () => medianOf(resampled(values, random)));
  const tail = (1 - LEVEL) / 2;
  return { low: quantileOf(medians, tail), high: quantileOf(medians, 1 - tail) };
}
