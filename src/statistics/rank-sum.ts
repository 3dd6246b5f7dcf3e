/** The Mann-Whitney U test, or Wilcoxon rank-sum test: do two samples come from the same distribution? */
import { upperTail } from './normal.js';
import { doubledRanks, exactProbability } from './ranks.js';

/** Up to so many values in all the distribution is counted out; beyond, the normal one is close enough. */
const EXACT_LIMIT = 60;

/**
 * @returns the probability, both sides, of ranks at least as uneven as these when there is no difference. Ties share
 *   their ranks; up to 60 values it is exact, with ties too.
 */
export function rankSumProbability(first: readonly number[], second: readonly number[]): number {
  if (first.length === 0 || second.length === 0) return 1;
  const ranks = doubledRanks([...first, ...second]);
  const sum = ranks.slice(0, first.length).reduce((total, rank) => total + rank, 0);
  const probability =
    ranks.length <= EXACT_LIMIT ? exact(ranks, first.length, sum) : approximate(ranks, first.length, sum);
  return Math.min(1, probability);
}

/**
 * So many values on each side are needed before the test can find anything at this level: then all of one side above
 * all of the other has a probability of 2 / C(2n, n).
 */
export function leastSamples(alpha: number): number {
  let [count, probability] = [1, 1];
  while (probability > alpha) {
    count += 1;
    probability *= count / (2 * (2 * count - 1));
  }
  return count;
}

/** Counts the ways to choose so many of the ranks, by their sum. */
function exact(ranks: readonly number[], chosen: number, sum: number): number {
  const most = ranks.reduce((total, rank) => total + rank, 0);
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(most + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const [index, rank] of ranks.entries())
    for (let count = Math.min(chosen, index + 1); count >= 1; count -= 1)
      addShifted(ways[count] as Float64Array, ways[count - 1] as Float64Array, rank);
  const counted = ways[chosen] as Float64Array;
  // Sums of doubled ranks have this mean exactly.
  const mean = (most * chosen) / ranks.length;
  return exactProbability(counted, mean, sum);
}

function addShifted(to: Float64Array, from: Float64Array, by: number): void {
  for (let sum = to.length - 1; sum >= by; sum -= 1) to[sum] = (to[sum] ?? 0) + (from[sum - by] ?? 0);
}

/** With the correction for ties and for continuity. */
function approximate(ranks: readonly number[], chosen: number, sum: number): number {
  const all = ranks.length;
  const mean = ranks.reduce((total, rank) => total + rank, 0) / all;
  const scatter = ranks.reduce((total, rank) => total + (rank - mean) ** 2, 0) / (all - 1);
  // Variance of a sum drawn without replacement.
  const deviation = Math.sqrt((scatter * chosen * (all - chosen)) / all);
  if (deviation === 0) return 1;
  return 2 * upperTail(Math.max(0, Math.abs(sum - mean * chosen) - 1) / deviation);
}
