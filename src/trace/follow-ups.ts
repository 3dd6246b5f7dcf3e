/** Bounds what a verify spends on following lost packets, however many there are. */
import type { FollowUpFacts } from '../result/follow-up-facts.js';
import type { FollowUps } from '../check/follow-ups.js';
import { patiently } from '../probes/patience.js';

/** Times are those in which netlab itself ran: a machine that is busy with something else must not cost evidence. */
export interface FollowUpLimits {
  readonly most: number;
  /** Of each of them. */
  readonly eachMs: number;
  /** Of all of them; those that run side by side count each. */
  readonly totalMs: number;
}

/**
 * More kinds of loss than these come of one cause, and nobody reads so many ways of packets. A follow-up takes 0.1 to 0.6 s
 * on an idle machine.
 */
export const followUpLimits: FollowUpLimits = { most: 24, eachMs: 5_000, totalMs: 15_000 };

export interface CountedFollowUps extends FollowUps {
  /** Until now. */
  readonly facts: FollowUpFacts;
}

/** One for each verify: what was followed is known until its end. */
export function createFollowUps(signal: AbortSignal, limits: FollowUpLimits = followUpLimits): CountedFollowUps {
  return new Ledger(signal, limits);
}

/** What one that ended in time has found. */
interface Found<T> {
  readonly value: T;
}

class Ledger implements CountedFollowUps {
  readonly #signal: AbortSignal;
  readonly #limits: FollowUpLimits;
  readonly #known = new Map<string, Promise<Found<unknown> | undefined>>();
  #timedOut = 0;
  #alike = 0;
  #notFollowed = 0;
  #durationMs = 0;

  constructor(signal: AbortSignal, limits: FollowUpLimits) {
    this.#signal = signal;
    this.#limits = limits;
  }

  get facts(): FollowUpFacts {
    return {
      followed: this.#known.size - this.#timedOut,
      alike: this.#alike,
      notFollowed: this.#notFollowed,
      durationMs: Math.round(this.#durationMs),
    };
  }

  async once<T>(like: string, losses: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    let following = this.#known.get(like) as Promise<Found<T> | undefined> | undefined;
    if (following === undefined) {
      if (this.#known.size >= this.#limits.most || this.#durationMs >= this.#limits.totalMs) {
        this.#notFollowed += losses;
        return undefined;
      }
      following = this.#timed(work);
      this.#known.set(like, following);
    }
    const found = await following;
    if (found === undefined) this.#notFollowed += losses;
    else this.#alike += losses;
    return found?.value;
  }

  /** @returns undefined when it took too long */
  async #timed<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Found<T> | undefined> {
    const limit = new AbortController();
    const ended = new AbortController();
    const watching = this.#watch(limit, ended.signal);
    try {
      return { value: await work(AbortSignal.any([this.#signal, limit.signal])) };
    } catch (error) {
      if (!limit.signal.aborted || this.#signal.aborted) throw error;
      this.#timedOut += 1;
      return undefined;
    } finally {
      ended.abort();
      this.#durationMs += await watching;
    }
  }

  /** @returns how much of its time it has used */
  async #watch(limit: AbortController, ended: AbortSignal): Promise<number> {
    let ownMs = 0;
    const isOver = (usedMs: number): boolean => {
      ownMs = usedMs;
      return ended.aborted || this.#signal.aborted;
    };
    if (!(await patiently(isOver, this.#limits.eachMs, new AbortController().signal))) limit.abort();
    return ownMs;
  }
}
