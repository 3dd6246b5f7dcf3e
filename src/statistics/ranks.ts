/** What rank tests have in common. */

/** Twice the rank of each value, ties sharing the mean of their ranks: whole numbers. */
export function doubledRanks(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const bounds = new Map<number, number>();
  for (const [index, value] of sorted.entries()) {
    const first = sorted[index - 1] === value ? (bounds.get(value) ?? 0) - index : index + 1;
    bounds.set(value, first + index + 1);
  }
  return values.map((value) => bounds.get(value) ?? 0);
}

/**
 * @param ways in how many ways each sum of ranks comes about
 * @param mean of all sums
 * @returns the share of ways whose sum lies at least as far from the mean as this one
 */
export function exactProbability(ways: Float64Array, mean: number, sum: number): number {
  const distance = Math.abs(sum - mean) - 1e-9;
  let [all, extreme] = [0, 0];
  for (const [value, count] of ways.entries()) {
    all += count;
    if (Math.abs(value - mean) >= distance) extreme += count;
  }
  return extreme / all;
}
