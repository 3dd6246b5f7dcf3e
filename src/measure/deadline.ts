import { MeasuringError } from './instrument.js';

/**
 * The value of `work`, or its error, unless it takes too long. What is given up goes on, and nobody hears of it.
 * A timer of its own: a signal made by AbortSignal.any from AbortSignal.timeout may be collected before it fires.
 * @throws MeasuringError after the limit; the signal's reason when it aborts first
 */
export async function withinLimit<T>(work: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MeasuringError(`no end within ${limitMs / 1000} s`)), limitMs);
    onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
