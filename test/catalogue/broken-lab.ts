/**
 * Broken labs as data: what is done to a healthy lab, and what netlab must say of it. A row is a test of every promise that it
 * names; `prove.ts` makes tests of them.
 */
import type { PromiseName } from '#src/declaration/promise.js';
import type { Plan } from '#src/plan/plan.js';
import type { Finding } from '../src/promises/findings.js';
import type { ScenarioShape } from '../support/sandboxed-lab.js';

/** A shell command in a node, as of somebody who is logged in there. */
export type Change = readonly [node: string, command: string];

/** A shell command that waits until another one succeeds, and fails after 20 s. */
export const until = (command: string): string => `timeout 20 sh -c 'until ${command}; do sleep 0.05; done'`;

export interface BrokenLab {
  /** What people would call it. */
  readonly title: string;
  readonly lab: ScenarioShape & { readonly strategy: string };
  /** What was there before anything ran, a file or a link of the plan: for what nobody could change later. */
  readonly built?: (plan: Plan) => Plan;
  readonly changes?: readonly Change[];
  /** Promises that must not be kept, with all that their evidence must say. Each is BROKEN, or absent where the design says so. */
  readonly finds: Partial<Record<PromiseName, Finding | readonly Finding[]>>;
  /** Promises that it does not touch. */
  readonly keeps?: readonly PromiseName[];
  /** Differences from the plan of which these words are told, whatever is measured. */
  readonly drift?: readonly RegExp[];
  /** A program without which it cannot be tried; it is skipped then. */
  readonly needs?: string;
}
