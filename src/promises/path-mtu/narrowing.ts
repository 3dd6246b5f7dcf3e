/** Narrows the largest size that arrives down to the byte, where it is not the predicted one. */
import type { Direction } from './directions.js';
import { hasArrived, largestBytes, type Measurement } from './probing.js';
import { type Asking, nameOf, pass } from './mtu-windows.js';

const SIZES_PER_ROUND = 32;
const MOST_ROUNDS = 4;

/**
 * Searches with many sizes per round, in windows of the neighbour table. What was lost while that overflowed says nothing, and
 * is asked again as long as there are rounds.
 * @param limitBytes nothing larger is tried
 */
export async function refine(
  context: Asking,
  measurements: readonly Measurement[],
  limitBytes: number,
): Promise<readonly Measurement[]> {
  let all = measurements;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const sizes = new Map(all.map((one) => [nameOf(one), sizesBetween(bounds(one, limitBytes))]));
    const open = all.filter((one) => (sizes.get(nameOf(one)) ?? []).length > 0);
    if (open.length === 0) break;
    // A size that is lost by chance would be taken for the limit.
    const volley = { sizesOf: (one: Direction) => sizes.get(nameOf(one)) ?? [], mayRepeat: () => true };
    const more = new Map<string, Measurement['shots']>();
    for (const { measurements: found, overflowed } of await pass(context, open, 1, volley))
      for (const one of found) more.set(nameOf(one), overflowed ? one.shots.filter(hasArrived) : one.shots);
    all = all.map((one) => ({ ...one, shots: [...one.shots, ...(more.get(nameOf(one)) ?? [])] }));
  }
  return all;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** The largest size that arrived, and the smallest larger one that did not. */
function bounds(measurement: Measurement, limitBytes: number): Bounds {
  const low = largestBytes(measurement);
  if (low === undefined) return { low: 0, high: 1 };
  const lost = measurement.shots
    .filter((shot) => !hasArrived(shot) && shot.sizeBytes > low)
    .map(({ sizeBytes }) => sizeBytes);
  return { low, high: Math.min(limitBytes + 1, ...lost) };
}

function sizesBetween({ low, high }: Bounds): readonly number[] {
  const count = Math.min(SIZES_PER_ROUND, high - low - 1);
  const sizes = Array.from(
    { length: count },
    (_, index) => low + Math.round(((index + 1) * (high - low)) / (count + 1)),
  );
  return [...new Set(sizes)].filter((size) => size > low && size < high);
}
