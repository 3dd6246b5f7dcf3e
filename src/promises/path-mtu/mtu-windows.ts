/** Probes as many directions at a time as fit into the neighbour table, which is the whole machine's. */
import { setTimeout as delay } from 'node:timers/promises';
import { inWindow } from '#lab/turns.js';
import { forgetEnds } from '../../flows/window-runs.js';
import { countFitting, groupByNodes } from '../../flows/windows.js';
import type { CheckContext } from '../../check/contract.js';
import { type Direction, directionsOf, type Pair, probeMtuBytes } from './directions.js';
import { isAsPredicted, isSwallowed } from './findings.js';
import { candidateSizes, type Measurement, probeSizes, type Volley, type Windows } from './probing.js';

/** Part of a window that those get which were lost while the table overflowed. */
const SECOND_TRY_SHARE = 0.25;
/** The kernel's own limit for each sender: icmp_ratelimit, net/ipv4/route.c; after a burst of six one a second. */
const ERROR_INTERVAL_MS = 1_000;
const MOST_QUESTIONS = 2;

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
  const first = await pass(context, directionsOf(context.plan, pairs), 1, candidates(context));
  const spoiled = spoiledOf(first);
  if (spoiled.length === 0) return { measurements: measurementsOf(first), overflowed: false };
  const second = await pass(context, spoiled, SECOND_TRY_SHARE, candidates(context));
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
  return measurementsOf(windows.filter(({ overflowed }) => overflowed)).filter((one) => !isAsPredicted(one));
}

/** A kernel tells one sender only so often that its packets are too large: who was told nothing asks again, slowly. */
export async function askAgain(context: Asking, measurements: readonly Measurement[]): Promise<Probed> {
  const volley: Volley = { sizesOf: ({ sentBytes }) => [sentBytes], mayRepeat: () => false };
  let probed: Probed = { measurements, overflowed: false };
  for (let tries = 1; tries <= MOST_QUESTIONS && probed.measurements.some(isSwallowed); tries += 1) {
    await delay(ERROR_INTERVAL_MS, undefined, { signal: context.signal });
    const windows = await pass(context, probed.measurements.filter(isSwallowed), SECOND_TRY_SHARE, volley);
    const again = new Map(
      windows.flatMap((window) => window.measurements.map((one) => [nameOf(one), { ...window, shots: one.shots }])),
    );
    const asked = probed.measurements.map((one) => ({
      ...one,
      shots: [...one.shots, ...(again.get(nameOf(one))?.shots ?? [])],
    }));
    const overflowed = asked.some((one) => isSwallowed(one) && again.get(nameOf(one))?.overflowed === true);
    probed = { measurements: asked, overflowed };
  }
  return probed;
}

/** No two directions that are measured have the same ends and family. */
export const nameOf = ({ from, to, family }: Direction): string => `${from.node} ${to.node} ${family}`;

function candidates({ plan }: Pick<CheckContext, 'plan'>): Volley {
  const limitBytes = probeMtuBytes(plan);
  return {
    sizesOf: (direction) => candidateSizes(direction, limitBytes),
    mayRepeat: ({ predictedBytes }, sizeBytes) => sizeBytes <= predictedBytes,
  };
}

export type Asking = Pick<CheckContext, 'lab' | 'signal'>;

/** Probes directions, each once. @param share of a window's room that is used */
export async function pass(
  { lab, signal }: Asking,
  directions: readonly Direction[],
  share: number,
  volley: Volley,
): Promise<readonly Window[]> {
  const groups = groupByNodes(directions);
  const windows: Window[] = [];
  while (groups.length > 0) {
    let hasOverflowed = false;
    const probing: Windows = {
      take: (room) =>
        groups.splice(0, countFitting(groups, { ipv4: room.ipv4 * share, ipv6: room.ipv6 * share })).flat(),
      inWindow: async (send) => {
        const { overflowed } = await inWindow(lab, send, signal);
        hasOverflowed ||= overflowed;
      },
    };
    const measurements = await probeSizes(lab, probing, volley, signal);
    windows.push({ measurements, overflowed: hasOverflowed });
    // Gateways on the way have learned the ends, too, and whoever measures next needs the room.
    await forgetEnds(lab, measurements);
  }
  return windows;
}
