/** Bounds what a verify spends on following lost packets, however many there are. */
import type { FollowUpFacts } from '../result/follow-up-facts.js';
import type { FollowUps } from '../check/follow-ups.js';

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

class Ledger implements CountedFollowUps {
  readonly #signal: AbortSignal;
  readonly #limits: FollowUpLimits;
  readonly #known = new Map<string, Promise<unknown>>();
  #alike = 0;
  #notFollowed = 0;
  #durationMs = 0;

  constructor(signal: AbortSignal, limits: FollowUpLimits) {
    this.#signal = signal;
    this.#limits = limits;
  }

  get facts(): FollowUpFacts {
    return {
      followed: this.#known.size,
      alike: this.#alike,
      notFollowed: this.#notFollowed,
      durationMs: Math.round(this.#durationMs),
    };
  }

  async once<T>(like: string, losses: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    let following = this.#known.get(like) as Promise<T | undefined> | undefined;
    if (following === undefined) {
      if (this.#known.size >= this.#limits.most || this.#durationMs >= this.#limits.totalMs) {
        this.#notFollowed += losses;
        return undefined;
      }
      following = this.#timed(work);
      this.#known.set(like, following);
    }
    this.#alike += losses;
    return await following;
  }

  async #timed<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const limit = AbortSignal.timeout(this.#limits.eachMs);
    const startedMs = performance.now();
    try {
      return await work(AbortSignal.any([this.#signal, limit]));
    } catch (error) {
      if (limit.aborted && !this.#signal.aborted) return undefined;
      throw error;
    } finally {
      this.#durationMs += performance.now() - startedMs;
    }
  }
}
