/** Ctrl-C and its like: the first one asks a run to stop, the second one ends it at once. Imports nothing: see main.ts. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** First wish: stop, take the lab down, report what there is. */
  readonly stop: AbortSignal;
  /** Second wish: at once. */
  readonly kill: AbortSignal;
  /** Gives the signals back to the system. */
  release(): void;
}

/** Wishes as they come, also before anybody is there to fulfil them. */
class Wishes {
  readonly stop = new AbortController();
  readonly kill = new AbortController();
  readonly #say: (text: string) => void;
  readonly #onSignal = (): void => this.take();

  constructor(say: (text: string) => void) {
    this.#say = say;
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  take(): void {
    if (this.stop.signal.aborted) return this.kill.abort();
    this.#say('stopping; once more to do it at once');
    this.stop.abort();
  }

  release(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }
}

/** Taken before the program was loaded, until a command listens. */
let held: Wishes | undefined;

/**
 * From now on the first signal is kept for the command that will listen; the second one ends the process.
 * @param exitCode what it ends with then
 */
export function holdSignals(exitCode: number): void {
  held = new Wishes(() => undefined);
  held.kill.signal.addEventListener('abort', () => process.exit(exitCode));
}

/**
 * Takes over the signals that end a process, also one that has come while it was held.
 * @param say tells the user what happens now
 */
export function listenForInterruption(say: (text: string) => void): Interruption {
  const wishes = new Wishes(say);
  held?.release();
  if (held?.stop.signal.aborted === true) wishes.take();
  held = undefined;
  return { stop: wishes.stop.signal, kill: wishes.kill.signal, release: () => wishes.release() };
}
