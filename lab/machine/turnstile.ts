/** One of the two locks that a MachineLock is: who is let in, and how long one waits for it. */
import { setTimeout as delay } from 'node:timers/promises';
import { trySystemCall } from '../kernel/libc.js';
import { unlessAborted } from '../unless-aborted.js';
import type { LockHolder } from '../waits.js';

/** flock(2), sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const FIRST_RETRY_MS = 1;
const LONGEST_RETRY_MS = 10;
/** How long a holder is waited for that is seen to be stopped (Ctrl-Z, kill -STOP): it may be let go on. */
const STOPPED_PATIENCE_MS = 10_000;
/** A look takes the kernel up to hundreds of ms, in which nothing else here runs: /proc/locks waits for all processors (fs/locks.c). So no other place looks. */
const LOOK_MS = 500;

/** Descriptors of two files of the machine, opened by this run alone. */
export interface LockFiles {
  readonly lockFd: number;
  /** Held while waiting for the other one: who has just had the lock queues up behind who waits for it. */
  readonly queueFd: number;
}

/** Who has the lock of a file, by its descriptor; undefined when nobody can be seen. */
export type Look = (fd: number) => LockHolder | undefined;

/**
 * Who can take the lock. One's own labs get on: each new holder is waited for anew, and only one that was waited for in
 * vain is not waited for again. Of everybody, who may mean harm, the whole wait counts, and once in vain is enough.
 */
type Among = 'own labs' | 'everybody';

/** Who was waited for in vain, as far as that can be seen. */
interface Kept {
  readonly by: LockHolder | undefined;
}

/**
 * Lets in one at a time. Who has just had the lock comes after one who waits for it already; which of those that queue
 * is the next one is left to chance.
 */
export class Turnstile {
  readonly #files: LockFiles | undefined;
  readonly #look: Look;
  readonly #among: Among;
  #wait: Wait | undefined;
  /** Since the lock was got last. */
  #kept: Kept | undefined;

  constructor(files: LockFiles | undefined, look: Look, among: Among) {
    this.#files = files;
    this.#look = look;
    this.#among = among;
  }

  /**
   * @param sinceMs since when one waits, here or before
   * @returns undefined when it is held now, else who keeps it
   */
  async enter(signal: AbortSignal, patienceMs: number, sinceMs: number): Promise<Kept | undefined> {
    if (this.#files === undefined) return undefined;
    const { lockFd, queueFd } = this.#files;
    let isFirst = false;
    const look = () => this.#look(lockFd) ?? (isFirst ? undefined : this.#look(queueFd));
    const wait = new Wait(look, { patienceMs, sinceMs, among: this.#among, kept: this.#kept });
    this.#wait = wait;
    try {
      isFirst = await acquire(queueFd, signal, wait);
      const isIn = isFirst && (await acquire(lockFd, signal, wait));
      this.#kept = isIn ? undefined : { by: wait.holder };
      return this.#kept;
    } finally {
      if (isFirst) release(queueFd);
      this.#wait = undefined;
    }
  }

  leave(): void {
    if (this.#files !== undefined) release(this.#files.lockFd);
  }

  /** Who had the lock, or was first in the queue for it, when that was looked at last; undefined when nobody waits here. */
  waitsFor(): LockHolder | undefined {
    return this.#wait?.holder;
  }
}

interface WaitOptions {
  readonly patienceMs: number;
  /** Since when one waits, here or before. */
  readonly sinceMs: number;
  readonly among: Among;
  readonly kept: Kept | undefined;
}

/** One wait for a lock, from its beginning. */
class Wait {
  readonly #look: () => LockHolder | undefined;
  readonly #options: WaitOptions;
  #sinceMs = performance.now();
  #lookedMs: number | undefined;
  #holder: LockHolder | undefined;
  #stoppedSinceMs: number | undefined;

  constructor(look: () => LockHolder | undefined, options: WaitOptions) {
    this.#look = look;
    this.#options = options;
  }

  /** As it was looked up last. */
  get holder(): LockHolder | undefined {
    return this.#holder;
  }

  /** @returns whether it has lasted long enough */
  isOver(): boolean {
    const nowMs = performance.now();
    const { patienceMs, sinceMs, kept } = this.#options;
    const isLate = (): boolean => nowMs - this.#sinceMs >= patienceMs;
    const isFirstLook = this.#lookedMs === undefined;
    // Who is let on soon does not look. Never given up without a look: there may be somebody else by now.
    const isDue = nowMs - (this.#lookedMs ?? sinceMs) >= LOOK_MS || (isFirstLook && kept !== undefined);
    if (isDue || isLate()) this.#lookAgain(nowMs);
    if (isFirstLook && this.#isInVain()) return true;
    const isStuck = this.#stoppedSinceMs !== undefined && nowMs - this.#stoppedSinceMs >= STOPPED_PATIENCE_MS;
    return isStuck || isLate();
  }

  #lookAgain(nowMs: number): void {
    const holder = this.#look();
    if (this.#lookedMs !== undefined && holder?.pid !== this.#holder?.pid) {
      if (this.#options.among === 'own labs') this.#sinceMs = nowMs;
      this.#stoppedSinceMs = undefined;
    }
    this.#stoppedSinceMs = holder?.stopped === true ? (this.#stoppedSinceMs ?? nowMs) : undefined;
    this.#holder = holder;
    this.#lookedMs = nowMs;
  }

  /** Whether it is again for whom one has waited in vain; of own labs the same one, and not let go on meanwhile. */
  #isInVain(): boolean {
    const { kept, among } = this.#options;
    if (kept === undefined || among === 'everybody') return kept !== undefined;
    const { by } = kept;
    return by?.pid === this.#holder?.pid && by?.stopped === this.#holder?.stopped;
  }
}

/** @returns false when it was given up @throws the signal's reason when it aborts first */
async function acquire(fd: number, signal: AbortSignal, wait: Wait): Promise<boolean> {
  let retryMs = FIRST_RETRY_MS;
  while (trySystemCall('flock', fd, LOCK_EX | LOCK_NB) < 0) {
    if (wait.isOver()) return false;
    await unlessAborted(delay(retryMs), signal);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
  return true;
}

function release(fd: number): void {
  trySystemCall('flock', fd, LOCK_UN);
}
