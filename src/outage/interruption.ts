/** Flows of a lab while something in it is lost. */
import { type Outage, type Stream, Streams } from './outage.js';
import type { CheckContext } from '../check/contract.js';
import { patiently, watchLag } from '../probes/patience.js';

/** How long flows may take until they work at first: neighbours are asked for, spanning trees have settled. */
const BEFORE_MS = 700;
const LOOK_MS = 100;
/** A flow may be lost again when an old lease or a neighbour's knowledge ends. */
const MOST_LOSSES = 3;

export interface Interruption {
  readonly streams: readonly Stream[];
  /**
   * What happens to them.
   * @param probed waits until each of them was probed once more: what netlab does itself keeps it from probing meanwhile
   */
  readonly cause: (probed: () => Promise<void>) => Promise<void>;
  /** How long they are watched when nothing happens to them. */
  readonly quietMs: number;
  /** When they are given up. */
  readonly limitMs: number;
  /** What else has to come true before the watch ends; it is asked often. */
  readonly until?: () => boolean | Promise<boolean>;
}

export interface Interrupted {
  /** Of the flows that worked before. */
  readonly outages: readonly Outage[];
  readonly lagMs: number;
}

/** @throws what the cause throws */
export async function interrupt({ lab, signal }: CheckContext, run: Interruption): Promise<Interrupted> {
  const { streams, cause, quietMs, limitMs, until = () => true } = run;
  const probing = new Streams(lab, streams);
  const lag = watchLag();
  try {
    await patiently(() => probing.steady.length === streams.length, BEFORE_MS, signal);
    const alive = new Set(probing.steady);
    if (alive.size === 0) return { outages: [], lagMs: lag.stop() };
    probing.mark();
    await cause(async () => {
      const before = probing.sent;
      await patiently(() => probing.sent >= before + 2, LOOK_MS, signal);
    });
    const causedMs = performance.now();
    const isOver = async (): Promise<boolean> =>
      performance.now() - causedMs >= quietMs && isSubset(alive, probing.steady) && (await until());
    let outages: readonly Outage[] = [];
    for (let losses = 0; losses < MOST_LOSSES; losses += 1) {
      if (losses > 0) probing.resume();
      const isInTime = await patiently(isOver, limitMs + LOOK_MS, signal);
      outages = (await probing.pause(signal)).filter((_, index) => alive.has(streams[index] as Stream));
      // Steady a moment ago, and its last probes are lost: something went away only now, and may come back in time, too.
      if (!isInTime || outages.every(({ isBack }) => isBack)) break;
    }
    return { outages, lagMs: lag.stop() };
  } finally {
    lag.stop();
    probing.close();
  }
}

function isSubset(part: ReadonlySet<Stream>, whole: readonly Stream[]): boolean {
  const all = new Set(whole);
  return [...part].every((stream) => all.has(stream));
}
