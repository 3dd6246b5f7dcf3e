/**
 * What a few numbers are like. The only importer of simple-statistics: quantiles and spread that others maintain and
 * test. Rank tests with their tails and intervals by resampling it does not have; those are beside this file.
 */
import { median, medianAbsoluteDeviation, quantileSorted, sampleWithReplacement, shuffle } from 'simple-statistics';
import type { Random } from './random.js';

/** @throws Error when there are none */
export const medianOf = (values: readonly number[]): number => median([...values]);

/** @param share 0.5 for the median, 0.99 for the 99th percentile */
export const quantileOf = (values: readonly number[], share: number): number =>
  quantileSorted(
    values.toSorted((a, b) => a - b),
    share,
  );

/** The median absolute deviation is this part of the standard deviation of a normal distribution: 1 / quantile(0.75). */
const MAD_TO_DEVIATION = 1.4826;

/** Robust coefficient of variation: 0.05 when values are mostly within 5 % of their median. 0 for fewer than two. */
export function relativeSpread(values: readonly number[]): number {
  const middle = values.length < 2 ? 0 : medianOf(values);
  return middle === 0 ? 0 : Math.abs((MAD_TO_DEVIATION * medianAbsoluteDeviation([...values])) / middle);
}

export const shuffled = <T>(items: readonly T[], random: Random): readonly T[] => shuffle([...items], random);

/** As many of them as there are, each drawn from all. */
export const resampled = (values: readonly number[], random: Random): readonly number[] =>
  sampleWithReplacement([...values], values.length, random);
