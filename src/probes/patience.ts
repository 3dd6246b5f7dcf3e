/** Waiting for conditions, with limits that netlab's own lag does not use up. */
import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 2;
/** A turn of the event loop that took longer counts as this much only: what arrived meanwhile has not been read yet. */
const LONGEST_STEP_MS = 10;
const LAG_SAMPLE_MS = 10;

/**
 * Waits until the condition holds.
 * @param done is told how much of the limit is used up
 * @param limitMs how long it may take while netlab itself keeps up; longer when its event loop lags
 * @returns whether it holds
 * @throws the signal's reason when it aborts first
 */
export async function patiently(
  done: (usedMs: number) => boolean | Promise<boolean>,
  limitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  let usedMs = 0;
  let beforeMs = performance.now();
  while (!(await done(usedMs))) {
    if (usedMs >= limitMs) return false;
    await delay(STEP_MS);
    // Asked at each step: many waits at once would be too many listeners on one signal.
    signal.throwIfAborted();
    const nowMs = performance.now();
    usedMs += Math.min(nowMs - beforeMs, LONGEST_STEP_MS);
    beforeMs = nowMs;
  }
  return true;
}

/**
 * Waits until a count has not changed for a while.
 * @param stop ends the wait at once when it says so
 */
export async function untilQuiet(
  count: () => number,
  times: { readonly quietMs: number; readonly limitMs: number },
  signal: AbortSignal,
  stop: () => boolean = () => false,
): Promise<void> {
  let before = count();
  let quietSinceMs = 0;
  const quiet = (usedMs: number) => {
    const now = count();
    if (now !== before) quietSinceMs = usedMs;
    before = now;
    return stop() || usedMs - quietSinceMs >= times.quietMs;
  };
  await patiently(quiet, times.limitMs, signal);
}

/**
 * Asks again and again, as a user would, until something is so.
 * @returns how long it took in ms; undefined when it was not so within the limit
 * @throws the signal's reason when it aborts first
 */
export async function timeUntil(
  holds: () => Promise<boolean>,
  { pauseMs, limitMs }: { readonly pauseMs: number; readonly limitMs: number },
  signal: AbortSignal,
): Promise<number | undefined> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > limitMs) return undefined;
    await delay(pauseMs, undefined, { signal });
  }
  return Math.round(performance.now() - startedMs);
}

/** Watches by how much netlab's own event loop is late. */
export interface LagWatch {
  /** Ends the watch. @returns the longest delay in ms since it began */
  stop(): number;
}

export function watchLag(): LagWatch {
  let longestMs = 0;
  let dueMs = performance.now() + LAG_SAMPLE_MS;
  const sample = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - dueMs);
    dueMs = nowMs + LAG_SAMPLE_MS;
  };
  const timer = setInterval(sample, LAG_SAMPLE_MS).unref();
  return {
    stop() {
      clearInterval(timer);
      sample();
      return Math.max(0, Math.round(longestMs));
    },
  };
}
