/** Probes as many directions at a time as fit into the neighbour table, which is the whole machine's. */
import { inWindow } from '#lab/turns.js';
import { forgetEnds } from '../../flows/window-runs.js';
import { countFitting, groupByNodes } from '../../flows/windows.js';
import type { CheckContext } from '../../check/contract.js';
import { type Direction, directionsOf, type Pair, probeMtuBytes } from './directions.js';
import { isLong, isShort } from './findings.js';
import { candidateSizes, type Measurement, probeSizes, type Volley } from './probing.js';

/** Part of a window that those get which were lost while the table overflowed. */
const SECOND_TRY_SHARE = 0.25;

export interface Probed {
  readonly measurements: readonly Measurement[];
  /** The table overflowed, for the second time, and what was lost then may have been lost for that. */
  readonly overflowed: boolean;
}

interface Window {
  readonly measurements: readonly Measurement[];
  readonly overflowed: boolean;
}

/** @returns a measurement for each direction of the pairs; what an overflow may have spoiled is measured once more */
export async function probeInWindows(context: CheckContext, pairs: readonly Pair[]): Promise<Probed> {
  const first = await pass(context, directionsOf(context.plan, pairs), 1);
  const spoiled = spoiledOf(first);
  if (spoiled.length === 0) return { measurements: measurementsOf(first), overflowed: false };
  const second = await pass(context, spoiled, SECOND_TRY_SHARE);
  const good = measurementsOf(first).filter((one) => !spoiled.includes(one));
  return {
    measurements: [...good, ...measurementsOf(second)],
    overflowed: spoiledOf(second).length > 0,
  };
}

const measurementsOf = (windows: readonly Window[]): readonly Measurement[] =>
  windows.flatMap(({ measurements }) => measurements);

/** What did not end as predicted in a window in which the table was full at some moment. */
function spoiledOf(windows: readonly Window[]): readonly Measurement[] {
  return measurementsOf(windows.filter(({ overflowed }) => overflowed)).filter((one) => isShort(one) || isLong(one));
}

async function pass(
  { plan, lab, signal }: CheckContext,
  directions: readonly Direction[],
  share: number,
): Promise<readonly Window[]> {
  const limitBytes = probeMtuBytes(plan);
  const volley: Volley = {
    sizesOf: (direction) => candidateSizes(direction, limitBytes),
    mayRepeat: ({ predictedBytes }, sizeBytes) => sizeBytes <= predictedBytes,
  };
  const groups = groupByNodes(directions);
  const windows: Window[] = [];
  while (groups.length > 0) {
    let hasOverflowed = false;
    const measurements = await probeSizes(lab, volley, signal, async (probe) => {
      const { overflowed } = await inWindow(
        lab,
        async (room) => {
          const fitting = countFitting(groups, { ipv4: room.ipv4 * share, ipv6: room.ipv6 * share });
          await probe(groups.splice(0, fitting).flat());
        },
        signal,
      );
      hasOverflowed = overflowed;
    });
    windows.push({ measurements, overflowed: hasOverflowed });
    // Gateways on the way have learned the ends, too, and whoever measures next needs the room.
    await forgetEnds(lab, measurements);
  }
  return windows;
}
