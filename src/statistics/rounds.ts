/** In which order things are measured. Pure: the seed decides. */
import { shuffled } from './descriptive.js';
import { seededRandom } from './random.js';

/**
 * One round: every member of every group once. Members of a group, which are compared with each other, come one right
 * after the other, so that whatever the machine does meanwhile it does to all of them; which is first is left to chance.
 * @param round from 0; each has an order of its own, whatever came before
 */
export function orderOfRound<T>(
  groups: ReadonlyArray<readonly T[]>,
  seed: number,
  round: number,
): ReadonlyArray<readonly T[]> {
  const random = seededRandom(seed, round);
  return shuffled(groups, random).map((members) => shuffled(members, random));
}
