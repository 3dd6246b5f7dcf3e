import type { Lab } from '#lab/lab.js';
import type { Plan } from '../plan/plan.js';
import type { PromiseName } from '../declaration/promise.js';
import type { CheckOutcome } from '../result/result.js';
import type { Flows } from './flow.js';
import type { FollowUps } from './follow-ups.js';
import type { Guests } from './guests.js';

/** What a check gets to work with. */
export interface CheckContext {
  readonly plan: Plan;
  /** The whole plan as it was built: what only a lease or a router tells is open in it. */
  readonly planned: Plan;
  readonly lab: Lab;
  /** Reachability probes, shared between checks: the same flow is measured once per verify. */
  readonly flows: Flows;
  /** Follows lost packets, a bounded number of them during one verify. */
  readonly followUps: FollowUps;
  /** Ends when the verify is to stop; checks pass it on to whatever waits. */
  readonly signal: AbortSignal;
  /** The nodes' nftables rulesets as the kernel printed them after the build; of a node that had none it may be missing. */
  readonly rulesets: ReadonlyMap<string, string>;
  /** Containers that are live only during this verify: see guests.ts. */
  readonly guests: Guests;
}

/**
 * What else may run meanwhile. `alone`: it counts frames, measures throughput or changes the lab, so nothing else may run
 * beside it. `apart`: it asks so little that it disturbs nobody and is disturbed by nobody. `beside`: it builds a lab of its
 * own from the plan, so that it need not wait until this one forwards, nor for addresses that this one leases.
 */
export type Sharing = 'shared' | 'alone' | 'apart' | 'beside';

/** One measurement of one promise. One entry of src/promises each; knows no strategy and no backend; registered in verify/checks.ts. */
export interface Check {
  readonly promise: PromiseName;
  /**
   * It must work for each of them, so that one that is not there breaks it. Other promises say what must not happen: of what
   * is gone, nobody can tell.
   */
  readonly forEveryContainer?: true;
  /** How the promise is measured, in one sentence. */
  readonly title: string;
  /** A function where it depends on the lab as it is. */
  readonly sharing: Sharing | ((context: CheckContext) => Sharing);
  /** `whole`: measured once in a lab with groups; otherwise once in each group, as that group sees the plan. */
  readonly views?: 'whole';
  /**
   * What the cluster, as it was planned, lacks for the promise to be about anything: `it has no IPv6`; undefined when it
   * lacks nothing. Such a promise is not applicable, and is not measured.
   */
  lacks?(plan: Plan): string | undefined;
  measure(context: CheckContext): Promise<CheckOutcome>;
}
