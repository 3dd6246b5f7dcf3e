import { setTimeout as delay } from 'node:timers/promises';
import { HeldTooLong } from '../errors.js';
import { trySystemCall } from '../kernel/libc.js';
import type { Waits } from '../waits.js';

/** flock(2), sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const FIRST_RETRY_MS = 1;
const LONGEST_RETRY_MS = 10;
/** Others' turns take seconds: who holds a lock for so long is stopped (SIGSTOP, docker pause), or is no netlab at all. */
const PATIENCE_MS = 300_000;

/** Descriptors of two files of the machine, opened by this run alone. */
export interface LockFiles {
  readonly lockFd: number;
  /** Held while waiting for the other one: who has just had the lock queues up behind who waits for it. */
  readonly queueFd: number;
}

/**
 * A lock that holds between all labs that are lent the same files (lend.ts says how far that reaches): flock(2) on files
 * that every one of them can read and none has to make.
 * The kernel drops it when the holder dies, so nobody can leave it behind.
 */
export class MachineLock {
  readonly #file: HeldFile | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param files undefined where there are none: then only this lock's own users take turns */
  constructor(files: LockFiles | HeldFile | undefined) {
    this.#file = files === undefined || files instanceof HeldFile ? files : new HeldFile(files);
  }

  /**
   * Another lock for the same process, with turns of its own: while one of the two is held the other one does not wait.
   * flock(2) itself cannot tell them apart, and the first to let go would take it away from the other.
   */
  beside(): MachineLock {
    return new MachineLock(this.#file);
  }

  /**
   * Runs `work` while nobody else on the machine holds the lock.
   * @throws the signal's reason when it aborts first; HeldTooLong when nobody gives it back
   */
  hold<T>(work: () => Promise<T>, signal: AbortSignal, patienceMs = PATIENCE_MS): Promise<T> {
    const turn = this.#turn.then(() => this.#holdNow(work, signal, patienceMs));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** How long others have kept this process waiting; its own users among themselves do not count. */
  get waits(): Waits {
    return this.#file?.waits ?? { totalMs: 0, nowMs: 0 };
  }

  async #holdNow<T>(work: () => Promise<T>, signal: AbortSignal, patienceMs: number): Promise<T> {
    signal.throwIfAborted();
    if (this.#file === undefined) return await work();
    await this.#file.join(signal, patienceMs);
    try {
      return await work();
    } finally {
      this.#file.leave();
    }
  }
}

/** The lock as this process has it: locked for the first of its holders, unlocked after the last one. */
class HeldFile {
  readonly #files: LockFiles;
  #holders = 0;
  #locking: Promise<void> | undefined;
  #waitedMs = 0;
  #waitingSinceMs: number | undefined;

  constructor(files: LockFiles) {
    this.#files = files;
  }

  get waits(): Waits {
    const nowMs = this.#waitingSinceMs === undefined ? 0 : performance.now() - this.#waitingSinceMs;
    return { totalMs: this.#waitedMs + nowMs, nowMs };
  }

  async join(signal: AbortSignal, patienceMs: number): Promise<void> {
    while (this.#locking !== undefined) await this.#locking.catch(() => undefined);
    if (this.#holders > 0) {
      this.#holders += 1;
      return;
    }
    this.#locking = this.#lock(signal, patienceMs).finally(() => {
      this.#locking = undefined;
    });
    await this.#locking;
  }

  leave(): void {
    this.#holders -= 1;
    if (this.#holders === 0) release(this.#files.lockFd);
  }

  async #lock(signal: AbortSignal, patienceMs: number): Promise<void> {
    const { lockFd, queueFd } = this.#files;
    this.#waitingSinceMs = performance.now();
    const deadlineMs = this.#waitingSinceMs + patienceMs;
    try {
      await acquire(queueFd, signal, deadlineMs);
      try {
        await acquire(lockFd, signal, deadlineMs);
        this.#holders = 1;
      } finally {
        release(queueFd);
      }
    } finally {
      this.#waitedMs += performance.now() - this.#waitingSinceMs;
      this.#waitingSinceMs = undefined;
    }
  }
}

async function acquire(fd: number, signal: AbortSignal, deadlineMs: number): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (trySystemCall('flock', fd, LOCK_EX | LOCK_NB) < 0) {
    if (performance.now() > deadlineMs) throw heldTooLong();
    await delay(retryMs, undefined, { signal });
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

function heldTooLong(): HeldTooLong {
  const message =
    'another process of this machine has kept what only one lab can have at a time, and does not give it back';
  return new HeldTooLong(message, {
    remedy:
      'See whether a netlab is stopped (Ctrl-Z, docker pause), and let it go on or end it: lslocks names who holds a FLOCK.',
  });
}

function release(fd: number): void {
  trySystemCall('flock', fd, LOCK_UN);
}
