import type { Turn } from '../turns.js';

/** Runs `work` when the turn has come. @throws the signal's reason when it aborts before */
export type Hold<Begun, Ended> = (work: (begun: Begun) => Promise<void>, signal: AbortSignal) => Promise<Ended>;

/** What is held while some work runs, as a turn that begins and is ended. */
export class HeldTurn<Begun, Ended> implements Turn<Begun, Ended> {
  readonly #begun: Promise<Begun>;
  readonly #waiting = new AbortController();
  #held: Promise<Ended> | undefined;
  #giveBack: () => void = () => {};
  #hasBegun = false;

  constructor(hold: Hold<Begun, Ended>) {
    const over = new Promise<void>((resolve) => {
      this.#giveBack = resolve;
    });
    this.#begun = new Promise<Begun>((begin, refuse) => {
      const work = async (begun: Begun): Promise<void> => {
        this.#hasBegun = true;
        begin(begun);
        await over;
      };
      this.#held = hold(work, this.#waiting.signal);
      this.#held.catch(refuse);
    });
    // Whoever gave up has no ears for it.
    this.#begun.catch(() => undefined);
  }

  begun(): Promise<Begun> {
    return this.#begun;
  }

  async end(): Promise<Ended | undefined> {
    this.#waiting.abort();
    this.#giveBack();
    return this.#hasBegun ? await this.#held : undefined;
  }
}
