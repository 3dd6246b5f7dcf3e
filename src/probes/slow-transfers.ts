/** Transfers that carry next to nothing beside their likes: between hosts, or inside of them. */
import type { Lab } from '#lab/lab.js';
import { groupBy } from '#lab/group-by.js';
import { goodputBitsPerSecond, type TransferResult, transfer } from './bulk-transfer.js';

export interface SlowTransfer {
  readonly result: TransferResult;
  /** What the best of its likes gets. */
  readonly bestBitsPerSecond: number;
}

/** Noise of a busy machine is a factor of two or three; a wrong rate limit, or a queue that overflows, is far more. */
const LEAST_SHARE = 1 / 100;

/**
 * Repeats what was slow, once, and keeps what is slow again.
 * @throws the signal's reason when it aborts first
 */
export async function confirmSlow(
  lab: Lab,
  results: readonly TransferResult[],
  signal: AbortSignal,
): Promise<readonly SlowTransfer[]> {
  const slow: SlowTransfer[] = [];
  for (const { result, bestBitsPerSecond } of slowOnes(results)) {
    const again = await transfer(lab, result, signal);
    if (goodputBitsPerSecond(again) < bestBitsPerSecond * LEAST_SHARE) slow.push({ result: again, bestBitsPerSecond });
  }
  return slow;
}

/** Those that completed and got less than the least share of the best of their likes. Pure. */
export function slowOnes(results: readonly TransferResult[]): readonly SlowTransfer[] {
  const completed = results.filter((result) => result.completed);
  const likes = groupBy(completed, ({ from, to }) => (from.host === to.host ? 'inside' : 'across'));
  return [...likes.values()].flatMap((group) => {
    const bestBitsPerSecond = Math.max(...group.map(goodputBitsPerSecond));
    return group
      .filter((result) => goodputBitsPerSecond(result) < bestBitsPerSecond * LEAST_SHARE)
      .map((result) => ({ result, bestBitsPerSecond }));
  });
}
