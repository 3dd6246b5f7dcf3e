import { HeldTooLong } from '../errors.js';
import type { Waits } from '../waits.js';
import { HeldFile, type Locks, type Patience } from './held-file.js';
import { holderOf } from './lock-holder.js';
import type { Look } from './turnstile.js';

export type { Locks, Patience } from './held-file.js';
export type { LockFiles } from './turnstile.js';

/**
 * Turns of this user's labs take seconds, at most a minute: which one of them holds a lock for longer than that is stopped
 * (docker pause), or stuck. Other users' labs are waited for as a courtesy.
 */
const PATIENCE: Patience = { ownMs: 300_000, everybodysMs: 15_000 };

/**
 * A lock that holds between labs that are lent the same files (lend.ts says how far that reaches): flock(2), which the kernel
 * drops when the holder dies, so nobody can leave it behind. It is two locks in one. That of the user's own labs lies where
 * nobody else can open it, and is waited for long. That of all users can be taken by any process for any reason: it is waited
 * for for a moment, and then one goes on without it.
 */
export class MachineLock {
  readonly #file: HeldFile | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param locks undefined where there are none: then only this lock's own users take turns
   * @param look how holders are looked up
   */
  constructor(locks: Locks | HeldFile | undefined, look: Look = holderOf) {
    this.#file = locks === undefined || locks instanceof HeldFile ? locks : new HeldFile(locks, look);
  }

  /**
   * Another lock for the same process, with turns of its own: while one of the two is held the other one does not wait.
   * flock(2) itself cannot tell them apart, and the first to let go would take it away from the other.
   */
  beside(): MachineLock {
    return new MachineLock(this.#file);
  }

  /**
   * Runs `work` while no other lab of this user holds the lock.
   * @param work is told whether no other user's lab holds it either
   * @throws the signal's reason when it aborts first; HeldTooLong when a lab of this user does not give it back
   */
  hold<T>(work: (isAlone: boolean) => Promise<T>, signal: AbortSignal, patience = PATIENCE): Promise<T> {
    return this.#next(signal, async () => await this.#holdNow(work, await this.#join(signal, patience)));
  }

  /** As `hold`; when a lab of this user does not give it back, `work` runs without it, one at a time in this lab all the same. */
  holdIfGiven<T>(work: (isAlone: boolean) => Promise<T>, signal: AbortSignal, patience = PATIENCE): Promise<T> {
    return this.#next(signal, async () => {
      const isAlone = await this.#join(signal, patience).catch(unlessHeldTooLong);
      return await (isAlone === undefined ? work(false) : this.#holdNow(work, isAlone));
    });
  }

  /** How long others have kept this process waiting, and who did when that was looked at last; its own users among themselves do not count. */
  get waits(): Waits {
    return this.#file?.waits ?? { totalMs: 0, nowMs: 0 };
  }

  #next<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #join(signal: AbortSignal, patience: Patience): Promise<boolean> {
    return this.#file === undefined || (await this.#file.join(signal, patience));
  }

  async #holdNow<T>(work: (isAlone: boolean) => Promise<T>, isAlone: boolean): Promise<T> {
    try {
      return await work(isAlone);
    } finally {
      this.#file?.leave();
    }
  }
}

function unlessHeldTooLong(error: unknown): undefined {
  if (!(error instanceof HeldTooLong)) throw error;
}
