/** A lock of the machine as this process has it. */
import { setTimeout as delay } from 'node:timers/promises';
import { HeldTooLong } from '../errors.js';
import { trySystemCall } from '../kernel/libc.js';
import { describeHolder, type LockHolder, type Waits } from '../waits.js';
import { holderOf } from './lock-holder.js';

/** flock(2), sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const FIRST_RETRY_MS = 1;
const LONGEST_RETRY_MS = 10;
/** How long a holder is waited for that is seen to be stopped (Ctrl-Z, kill -STOP): it may be let go on. */
const STOPPED_PATIENCE_MS = 10_000;
const LOOK_MS = 500;

/** Descriptors of two files of the machine, opened by this run alone. */
export interface LockFiles {
  readonly lockFd: number;
  /** Held while waiting for the other one: who has just had the lock queues up behind who waits for it. */
  readonly queueFd: number;
}

export interface Locks {
  /** Of all labs of this user; absent where he has no folder of his own. */
  readonly own?: LockFiles;
  /** Of all labs of all users. */
  readonly everybodys?: LockFiles;
}

/** How long to wait, in milliseconds. */
export interface Patience {
  /** For the user's own labs. */
  readonly ownMs: number;
  /** For those of others. */
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

  /** @param proc where holders are looked up */
  constructor({ own, everybodys }: Locks, proc: string) {
    this.#own = new Turnstile(own, proc);
    this.#everybodys = new Turnstile(everybodys, proc);
  }

  get waits(): Waits {
    const nowMs = this.#waitingSinceMs === undefined ? 0 : performance.now() - this.#waitingSinceMs;
    const holder = this.#own.waitsFor() ?? this.#everybodys.waitsFor();
    return { totalMs: this.#waitedMs + nowMs, nowMs, ...(holder === undefined ? {} : { holder }) };
  }

  /** @returns whether no lab of another user has it @throws HeldTooLong when a lab of this user keeps it */
  async join(signal: AbortSignal, patience: Patience): Promise<boolean> {
    while (this.#locking !== undefined) await this.#locking.catch(() => undefined);
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
    this.#waitingSinceMs = performance.now();
    try {
      const kept = await this.#own.enter(signal, ownMs);
      if (kept !== undefined) throw heldTooLong(kept.by);
      try {
        this.#isAlone = (await this.#everybodys.enter(signal, everybodysMs)) === undefined;
        this.#holders = 1;
      } catch (error) {
        this.#own.leave();
        throw error;
      }
    } finally {
      this.#waitedMs += performance.now() - this.#waitingSinceMs;
      this.#waitingSinceMs = undefined;
    }
  }
}

/** One lets in at a time, in the order in which they came. */
class Turnstile {
  readonly #files: LockFiles | undefined;
  readonly #proc: string;
  #isWaiting = false;
  /** Who has waited once for nothing does not wait so long the next time. */
  #isKeptOut = false;

  constructor(files: LockFiles | undefined, proc: string) {
    this.#files = files;
    this.#proc = proc;
  }

  /** @returns undefined when it is held now, else who keeps it, as far as that can be seen */
  async enter(signal: AbortSignal, patienceMs: number): Promise<{ readonly by: LockHolder | undefined } | undefined> {
    if (this.#files === undefined) return undefined;
    const { lockFd, queueFd } = this.#files;
    const until = this.#giveUp(this.#isKeptOut ? 0 : patienceMs);
    this.#isWaiting = true;
    try {
      const isFirst = await acquire(queueFd, signal, until);
      try {
        this.#isKeptOut = !isFirst || !(await acquire(lockFd, signal, until));
        return this.#isKeptOut ? { by: this.waitsFor() } : undefined;
      } finally {
        if (isFirst) release(queueFd);
      }
    } finally {
      this.#isWaiting = false;
    }
  }

  leave(): void {
    if (this.#files !== undefined) release(this.#files.lockFd);
  }

  /** Who has the lock, or is first in the queue for it; undefined when nobody waits here. */
  waitsFor(): LockHolder | undefined {
    if (this.#files === undefined || !this.#isWaiting) return undefined;
    const { lockFd, queueFd } = this.#files;
    return holderOf(lockFd, this.#proc) ?? holderOf(queueFd, this.#proc);
  }

  /** @returns whether waiting has lasted long enough, as far as the holder goes */
  #giveUp(patienceMs: number): () => boolean {
    const startedMs = performance.now();
    let lookedMs = startedMs;
    let stoppedSinceMs: number | undefined;
    return () => {
      const nowMs = performance.now();
      if (nowMs - lookedMs >= LOOK_MS) {
        lookedMs = nowMs;
        stoppedSinceMs = this.waitsFor()?.stopped === true ? (stoppedSinceMs ?? nowMs) : undefined;
      }
      const isStuck = stoppedSinceMs !== undefined && nowMs - stoppedSinceMs >= STOPPED_PATIENCE_MS;
      return isStuck || nowMs - startedMs >= patienceMs;
    };
  }
}

/** @returns false when it was given up */
async function acquire(fd: number, signal: AbortSignal, giveUp: () => boolean): Promise<boolean> {
  let retryMs = FIRST_RETRY_MS;
  while (trySystemCall('flock', fd, LOCK_EX | LOCK_NB) < 0) {
    if (giveUp()) return false;
    await delay(retryMs, undefined, { signal });
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
  return true;
}

function release(fd: number): void {
  trySystemCall('flock', fd, LOCK_UN);
}

function heldTooLong(holder: LockHolder | undefined): HeldTooLong {
  const message = `${describeHolder(holder)} has what only one lab of a user can have at a time, and does not give it back`;
  return new HeldTooLong(message, { remedy: remedyFor(holder) });
}

function remedyFor(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'See whether a container that runs netlab is paused, and let it go on or end it.';
  const { pid, stopped } = holder;
  return stopped
    ? `Let it go on (kill -CONT ${pid}), or end it (kill -9 ${pid}).`
    : `See what process ${pid} waits for, or end it.`;
}
