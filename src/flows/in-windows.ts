import type { Lab, NeighbourWindow } from '#lab/lab.js';
import { inWindow } from '#lab/turns.js';
import { forgetEnds } from './window-runs.js';
import { countFitting, type Ends, groupByNodes } from './windows.js';

/**
 * Runs `work` for as many requests at a time as the window that was given has room for: less than one asked for where
 * other labs do not give way. What the ends have learned is deleted while the window is still ours.
 * @returns what it answered, in the order of pairs of nodes, and whether the table overflowed in any of the windows
 */
export async function inWindows<Request extends Ends, Answer>(
  lab: Lab,
  requests: readonly Request[],
  work: (batch: readonly Request[]) => Promise<readonly Answer[]>,
  signal: AbortSignal,
): Promise<NeighbourWindow<readonly Answer[]>> {
  const groups = groupByNodes(requests);
  const answers: Answer[] = [];
  let hasOverflowed = false;
  while (groups.length > 0) {
    const { value, overflowed } = await inWindow(
      lab,
      async (room) => {
        const batch = groups.splice(0, countFitting(groups, room)).flat();
        try {
          return await work(batch);
        } finally {
          await forgetEnds(lab, batch);
        }
      },
      signal,
    );
    answers.push(...value);
    hasOverflowed ||= overflowed;
  }
  return { value: answers, overflowed: hasOverflowed };
}
