/**
 * Exceptions that no caller is left to catch: thrown in a callback of a socket, a timer or a child process, or the reason of
 * a promise that nobody waits for. Node.js ends the process with them, and process 1 of a sandbox takes its lab along. Here
 * they become the failure of the work that had begun what called back. Which work that is, asynchronous context tells
 * (AsyncLocalStorage): sockets, timers and children keep that of the moment in which they were made. Where it tells nothing,
 * all work under way has failed: any part of it may have lost what it waits for.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { LabError } from './errors.js';

const current = new AsyncLocalStorage<Work>();
/** Work that is part of no other one, while it lasts: what process 1 was asked for. */
const outermost = new Set<Work>();

/** Something under way that answers for its callbacks. Made inside other work it is a part of that. */
export class Work {
  readonly #whole = current.getStore();
  readonly #parts = new Set<Work>();
  readonly #failure = new AbortController();
  #isClosed = false;

  /** Aborted, with a LabError as the reason, when a callback has thrown. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  /** What `task` begins belongs to this work, which is under way until the task ends, or until it has failed. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    this.#underWay.add(this);
    try {
      return await current.run(this, task);
    } finally {
      this.#underWay.delete(this);
    }
  }

  /** What is thrown from now on is no concern of this work any more, but of what it was a part of. */
  close(): void {
    this.#isClosed = true;
  }

  /** Those who answer for an error that was thrown in this context; nobody when it is that of no work under way. */
  static answering(): readonly Work[] {
    let owner = current.getStore();
    while (owner !== undefined && owner.#isClosed) owner = owner.#whole;
    return owner === undefined ? [...outermost].flatMap((work) => work.#parties()) : owner.#parties();
  }

  /** What the whole does for its parts has failed for each of them. */
  #parties(): readonly Work[] {
    return this.#whole === undefined && this.#parts.size > 0 ? [...this.#parts] : [this];
  }

  /** Only the first failure counts. */
  fail(error: unknown): void {
    const how =
      current.getStore() === this ? 'a callback failed' : 'netlab failed meanwhile, it is not known in which part';
    this.#underWay.delete(this);
    this.#failure.abort(new LabError(`${how}: ${wordsOf(error)}`, { cause: error }));
  }

  get #underWay(): Set<Work> {
    return this.#whole === undefined ? outermost : this.#whole.#parts;
  }
}

/**
 * Work that ends with its task.
 * @throws what the task throws, or the failure of a callback: then the task may never end
 */
export async function answeringFor<T>(task: (failed: AbortSignal) => Promise<T>): Promise<T> {
  const work = new Work();
  try {
    return await work.run(() => unlessFailed(() => task(work.failed)));
  } finally {
    work.close();
  }
}

/** Ends with an exception as soon as the current work has failed: for what others wait for, too. */
export async function unlessFailed<T>(task: () => Promise<T>): Promise<T> {
  const failed = current.getStore()?.failed;
  if (failed === undefined) return await task();
  failed.throwIfAborted();
  const ended = new AbortController();
  const failure = new Promise<never>((_, reject) => {
    const options = { once: true, signal: ended.signal };
    failed.addEventListener('abort', () => reject(failed.reason as Error), options);
  });
  try {
    return await Promise.race([task(), failure]);
  } finally {
    ended.abort();
  }
}

/** To be called for an uncaught exception, in its context. @returns whether any work under way answers for it */
export function answerForStray(error: unknown): boolean {
  const answering = Work.answering();
  for (const work of answering) work.fail(error);
  return answering.length > 0;
}

/** A known error in one line; the stack of an unknown one belongs into a bug report. */
export function wordsOf(error: unknown): string {
  if (error instanceof LabError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
