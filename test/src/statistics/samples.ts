/** Numbers drawn from known distributions, the same for the same seed. */
import { seededRandom } from '#src/statistics/random.js';

/** Nearly normal: the sum of twelve uniform numbers, with mean 0 and deviation 1. */
export function normalSamples(count: number, seed: number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6));
}
