import { promiseNames } from '../declaration/promise.js';
import { type FollowUpFacts, joinedFollowUps } from './follow-up-facts.js';
import type { PromiseResult } from './result.js';

/** What was measured of the promises; not complete when it was cut short. */
export interface Verified {
  readonly promises: readonly PromiseResult[];
  readonly complete: boolean;
  readonly followUps: FollowUpFacts;
}

/** Two parts that were measured apart from each other, in the order in which reports show promises. */
export function joined<T extends Verified>(here: T, beside: Verified): T {
  const all = [...here.promises, ...beside.promises];
  const promises = promiseNames.flatMap((name) => all.filter(({ promise }) => promise === name));
  const followUps = joinedFollowUps(here.followUps, beside.followUps);
  return { ...here, promises, complete: here.complete && beside.complete, followUps };
}
