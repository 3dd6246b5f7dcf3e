/** That a limit holds, measured: frames are sent faster than it allows, and counted where they come in. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LabError } from '#lab/errors.js';
import type { RateLimit } from '#lab/lab.js';
import type { FaultContext } from './contract.js';
import { type FrameSender, frameSender } from './firewall.js';
import { endName, hasCarrier, type Way } from './places.js';

const WINDOW_SECONDS = 0.2;
/** Frames that a window has at least, so that one more or less says little. */
const LEAST_FRAMES = 50;
/** A busy machine may keep netlab from sending for a moment: measured again. */
const WINDOWS = 5;
/** What counts as the limit. */
const TOLERANCE = 0.1;
/** A limit has to be below what netlab can send for its queue to be full all the time. */
const SURELY = 0.8;
const MOST_AT_ONCE = 256;

/**
 * @returns what was seen: `sw1:to-h1 takes 19.9 Mbit/s from h1:eth1`
 * @throws LabError when more got through, or netlab cannot send so much that it would
 */
export async function measureRate(
  { lab, signal }: FaultContext,
  { from, to }: Way,
  { bytesPerSecond, queueBytes }: RateLimit,
  mtuBytes: number,
): Promise<string> {
  if (!(await hasCarrier(lab.node(to.node), to.link)))
    return `${endName(to)} has no carrier; no more than ${mbits(bytesPerSecond)} will come in once it has one`;
  const bytes = frameBytes(bytesPerSecond, mtuBytes);
  const seconds = Math.max(WINDOW_SECONDS, (LEAST_FRAMES * bytes) / bytesPerSecond);
  const received = async (): Promise<number> =>
    receivedBytes(await lab.node(to.node).readFile('/proc/net/dev'), to.link);
  const queueFrames = Math.ceil(queueBytes / bytes);
  const queueMs = (queueBytes / bytesPerSecond) * 1000;
  const sender = await frameSender(lab.node(from.node), from, { bytes, to: 'cable' });
  let found: Window = { bytesPerSecond: 0, isBusy: false };
  try {
    for (let tried = 0; tried < WINDOWS; tried += 1) {
      found = await oneWindow(sender, received, { seconds, queueFrames, queueMs }, signal);
      if (found.isBusy && Math.abs(found.bytesPerSecond / bytesPerSecond - 1) <= TOLERANCE)
        return `${endName(to)} takes ${mbits(found.bytesPerSecond)} from ${endName(from)}, which sends more`;
    }
  } finally {
    sender.close();
  }
  throw notProven(`${endName(from)} to ${endName(to)}`, bytesPerSecond, found);
}

interface Window {
  readonly bytesPerSecond: number;
  /** The queue was never empty: between two refusals of a full one there was no time for it to run out. */
  readonly isBusy: boolean;
}

interface Timing {
  readonly seconds: number;
  /** At most so many fit the queue. */
  readonly queueFrames: number;
  /** How long a full queue lasts. */
  readonly queueMs: number;
}

/** From a full queue on, so that what may leave at once has left. */
async function oneWindow(
  sender: FrameSender,
  received: () => Promise<number>,
  { seconds, queueFrames, queueMs }: Timing,
  signal: AbortSignal,
): Promise<Window> {
  let isBusy = await sender.fill(2 * queueFrames);
  let fullMs = performance.now();
  const [startBytes, startMs] = [await received(), performance.now()];
  let usedMs = 0;
  while (usedMs < seconds * 1000) {
    await nextTurn();
    signal.throwIfAborted();
    const isFull = await sender.fill(MOST_AT_ONCE);
    const nowMs = performance.now();
    isBusy &&= nowMs - fullMs < queueMs;
    if (isFull) fullMs = nowMs;
    usedMs = nowMs - startMs;
  }
  return { bytesPerSecond: (((await received()) - startBytes) / usedMs) * 1000, isBusy };
}

/** Small ones at a slow rate, which tell it more exactly. */
function frameBytes(bytesPerSecond: number, mtuBytes: number): number {
  return Math.round(Math.min(mtuBytes, Math.max(60, bytesPerSecond / 500)));
}

/** Bytes that came in by an interface, of /proc/net/dev. */
function receivedBytes(table: string, link: string): number {
  const line = table.split('\n').find((one) => one.trimStart().startsWith(`${link}:`)) ?? '';
  return Number(/:\s*(\d+)/u.exec(line)?.[1] ?? 0);
}

function notProven(way: string, wanted: number, { bytesPerSecond, isBusy }: Window): LabError {
  if (isBusy)
    return new LabError(`${way}: ${mbits(bytesPerSecond)} got through, although the limit is ${mbits(wanted)}`);
  const message = `${way}: a limit of ${mbits(wanted)} cannot be proven here; netlab sent ${mbits(bytesPerSecond)} through it`;
  return new LabError(message, { remedy: `Ask for a limit below ${mbits(bytesPerSecond * SURELY)}.` });
}

const mbits = (bytesPerSecond: number): string => `${Number(((bytesPerSecond * 8) / 1e6).toPrecision(3))} Mbit/s`;
