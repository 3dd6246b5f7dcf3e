/**
 * The Wilcoxon signed-rank test, and by how much pairs differ as it sees it: for values that were measured as neighbours
 * in time, of which each pair has lived through the same. What drifts in both drops out, and so does what disturbs both.
 */
import type { Interval } from './interval.js';
import type { Shift } from './shift.js';
import { upperQuantile, upperTail } from './normal.js';
import { doubledRanks, exactProbability } from './ranks.js';

/** Up to so many pairs the distribution is counted out; beyond, the normal one is close enough. */
const EXACT_LIMIT = 60;
/** Beyond so many pairs only an even choice of their means is sorted: half a million. */
const MOST_PAIRS = 1_000;
const tails = { interval: 0.025, bounds: 0.05 } as const;

/**
 * @param differences within each pair
 * @returns the probability, both sides, of differences at least as one-sided as these when each could as well have had
 *   the other sign. Pairs without a difference count for neither side (Wilcoxon 1945).
 */
export function signedRankProbability(differences: readonly number[]): number {
  const told = differences.filter((one) => one !== 0);
  if (told.length === 0) return 1;
  const ranks = doubledRanks(told.map(Math.abs));
  const sum = ranks.reduce((total, rank, index) => total + ((told[index] ?? 0) > 0 ? rank : 0), 0);
  return Math.min(1, told.length <= EXACT_LIMIT ? exactSigns(ranks, sum) : approximate(ranks, sum));
}

/** So many pairs are needed before the test can find anything at this level: all of one sign has 2 / 2^n. */
export const leastPairs = (alpha: number): number => Math.max(1, Math.ceil(1 - Math.log2(alpha)));

/** Counts the ways to give signs to the ranks, by the sum of those with a plus. */
function exactSigns(ranks: readonly number[], sum: number): number {
  const most = ranks.reduce((total, rank) => total + rank, 0);
  let ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (const rank of ranks) {
    const next = Float64Array.from(ways);
    for (let value = rank; value <= most; value += 1) next[value] = (next[value] ?? 0) + (ways[value - rank] ?? 0);
    ways = next;
  }
  return exactProbability(ways, most / 2, sum);
}

/** With the correction for continuity; ranks are doubled, so the variance is that of sums of whole ranks, times four. */
function approximate(ranks: readonly number[], sum: number): number {
  const mean = ranks.reduce((total, rank) => total + rank, 0) / 2;
  const deviation = Math.sqrt(ranks.reduce((total, rank) => total + rank ** 2, 0) / 4);
  return 2 * upperTail(Math.max(0, Math.abs(sum - mean) - 1) / deviation);
}

/**
 * The middle of the means of any two differences, or of one with itself (Hodges and Lehmann 1963), and all that the test
 * would not rule out; with fewer than six pairs that is the whole range, which is less certain.
 * @param differences at least one
 */
export function pairedShift(differences: readonly number[]): Shift {
  const means = walshAverages(thinned(differences));
  const count = Math.min(differences.length, MOST_PAIRS);
  const spread = Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24);
  const ranked = (rank: number): number => means[rank - 1] ?? Number.NaN;
  const between = (tail: number): Interval => {
    const fromEnd = Math.max(1, Math.floor(means.length / 2 - upperQuantile(tail) * spread));
    return { low: ranked(fromEnd), high: ranked(means.length + 1 - fromEnd) };
  };
  const middle = (means.length + 1) / 2;
  return {
    effect: (ranked(Math.floor(middle)) + ranked(Math.ceil(middle))) / 2,
    interval: between(tails.interval),
    bounds: between(tails.bounds),
  };
}

/** An hour of rounds has millions of pairs of pairs: then groups of neighbours stand for their members. */
function thinned(differences: readonly number[]): readonly number[] {
  if (differences.length <= MOST_PAIRS) return differences;
  const size = differences.length / MOST_PAIRS;
  return Array.from({ length: MOST_PAIRS }, (_, index) => {
    const group = differences.slice(Math.floor(index * size), Math.floor((index + 1) * size));
    return group.reduce((total, one) => total + one, 0) / group.length;
  });
}

function walshAverages(values: readonly number[]): Float64Array {
  const means = new Float64Array((values.length * (values.length + 1)) / 2);
  let place = 0;
  for (const [index, one] of values.entries())
    for (let other = index; other < values.length; other += 1) means[place++] = (one + (values[other] ?? 0)) / 2;
  return means.toSorted();
}
