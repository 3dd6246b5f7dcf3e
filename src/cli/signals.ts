/** Ctrl-C and its like: the first one asks a run to stop, the second one ends it at once. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** First wish: stop, take the lab down, report what there is. */
  readonly stop: AbortSignal;
  /** Second wish: at once. */
  readonly kill: AbortSignal;
  /** Gives the signals back to the system. */
  release(): void;
}

/**
 * Takes over the signals that end a process.
 * @param say tells the user what happens now
 */
export function listenForInterruption(say: (text: string) => void): Interruption {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (): void => {
    if (!stop.signal.aborted) {
      say('stopping; once more to do it at once');
      stop.abort();
    } else kill.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  const release = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  return { stop: stop.signal, kill: kill.signal, release };
}
