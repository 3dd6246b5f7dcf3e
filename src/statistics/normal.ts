/** Tails of the standard normal distribution, far out too: tables that end at 0.001 are of no use to a corrected test. */

/**
 * The share of a normal distribution that lies above z.
 * Complementary error function after Numerical Recipes (erfcc): relative error below 1.2e-7 everywhere.
 */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const tail = (t * Math.exp(-x * x + polynomial)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** The z above which that share lies. Bisection: it is called a few times only. */
export function upperQuantile(share: number): number {
  let [low, high] = [-40, 40];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
