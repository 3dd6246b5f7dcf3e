/** A lock of the machine as this process has it. */
import { HeldTooLong } from '../errors.js';
import { unlessAborted } from '../unless-aborted.js';
import { describeHolder, type LockHolder, type Waits } from '../waits.js';
import { type LockFiles, type Look, Turnstile } from './turnstile.js';

export interface Locks {
  /** Of all labs of this user; absent where he has no folder of his own. */
  readonly own?: LockFiles;
  /** Of all labs of all users. */
  readonly everybodys?: LockFiles;
}

/** How long to wait, in milliseconds. */
export interface Patience {
  /** For one of the user's own labs; for the next one that has it anew. */
  readonly ownMs: number;
  /** For those of others, all together. */
  readonly everybodysMs: number;
}

/** Locked for the first of its holders in this process, unlocked after the last one. */
export class HeldFile {
  readonly #own: Turnstile;
  readonly #everybodys: Turnstile;
  #holders = 0;
  #isAlone = false;
  #locking: Promise<void> | undefined;
  #waitedMs = 0;
  #waitingSinceMs: number | undefined;

  constructor({ own, everybodys }: Locks, look: Look) {
    this.#own = new Turnstile(own, look, 'own labs');
    this.#everybodys = new Turnstile(everybodys, look, 'everybody');
  }

  get waits(): Waits {
    const nowMs = this.#waitingSinceMs === undefined ? 0 : performance.now() - this.#waitingSinceMs;
    const holder = this.#own.waitsFor() ?? this.#everybodys.waitsFor();
    return { totalMs: this.#waitedMs + nowMs, nowMs, ...(holder === undefined ? {} : { holder }) };
  }

  /**
   * @returns whether no lab of another user has it
   * @throws HeldTooLong when a lab of this user keeps it; the signal's reason when it aborts first
   */
  async join(signal: AbortSignal, patience: Patience): Promise<boolean> {
    while (this.#locking !== undefined)
      await unlessAborted(
        this.#locking.catch(() => undefined),
        signal,
      );
    if (this.#holders > 0) this.#holders += 1;
    else {
      this.#locking = this.#lock(signal, patience).finally(() => {
        this.#locking = undefined;
      });
      await this.#locking;
    }
    return this.#isAlone;
  }

  leave(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#everybodys.leave();
    this.#own.leave();
  }

  async #lock(signal: AbortSignal, { ownMs, everybodysMs }: Patience): Promise<void> {
    const sinceMs = performance.now();
    this.#waitingSinceMs = sinceMs;
    try {
      const kept = await this.#own.enter(signal, ownMs, sinceMs);
      if (kept !== undefined) throw heldTooLong(kept.by);
      try {
        this.#isAlone = (await this.#everybodys.enter(signal, everybodysMs, sinceMs)) === undefined;
        this.#holders = 1;
      } catch (error) {
        this.#own.leave();
        throw error;
      }
    } finally {
      this.#waitedMs += performance.now() - sinceMs;
      this.#waitingSinceMs = undefined;
    }
  }
}

function heldTooLong(holder: LockHolder | undefined): HeldTooLong {
  const message = `${describeHolder(holder)} has what only one lab of a user can have at a time, and does not give it back`;
  return new HeldTooLong(message, { remedy: remedyFor(holder) });
}

/** What to do about a process that has a lock and does not give it back. */
export function remedyFor(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'See whether a container that runs netlab is paused, and let it go on or end it.';
  const { pid, stopped, ended } = holder;
  if (ended === true)
    return 'As root, grep -ls FLOCK /proc/[0-9]*/fdinfo/* names the processes that have such locks: end it.';
  return stopped
    ? `Let it go on (kill -CONT ${pid}), or end it (kill -9 ${pid}).`
    : `See what process ${pid} waits for, or end it.`;
}
