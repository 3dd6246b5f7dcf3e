import { setTimeout as delay } from 'node:timers/promises';
import { trySystemCall } from '../kernel/libc.js';

/** flock(2), sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const FIRST_RETRY_MS = 1;
const LONGEST_RETRY_MS = 10;

/**
 * A lock that holds between all labs of a machine: flock(2) on a file that every one of them can read and none has to
 * make. The kernel drops it when the holder dies, so nobody can leave it behind.
 */
export class MachineLock {
  readonly #fd: number | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param fd descriptor of the file, opened by this run alone; undefined where there is none: then only this process is kept in turn */
  constructor(fd: number | undefined) {
    this.#fd = fd;
  }

  /** Runs `work` while nobody else on the machine holds the lock. @throws the signal's reason when it aborts first */
  hold<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#queue.then(() => this.#holdNow(work, signal));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #holdNow<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#acquire(signal);
    try {
      return await work();
    } finally {
      if (this.#fd !== undefined) trySystemCall('flock', this.#fd, LOCK_UN);
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    signal.throwIfAborted();
    while (this.#fd !== undefined && trySystemCall('flock', this.#fd, LOCK_EX | LOCK_NB) < 0) {
      await delay(retryMs, undefined, { signal });
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }
}
