/** Outages are measured in a small excerpt of the plan, built beside the lab: nobody else loses anything. */
import { type ExcerptSize, excerpt } from '../plan/excerpt.js';
import type { CheckOutcome, Evidence } from '../result/result.js';
import type { Outage } from './outage.js';
import { measureBeside } from '../twins/beside.js';
import type { CheckContext } from '../check/contract.js';
import { isSurelyLate, TOLERANCE_MS } from './findings.js';
import { failed, inconclusive, type Measured, passed } from '../check/outcome.js';
import { calmStorm, type StormCut } from '../probes/storm.js';
import { counted } from '../check/words.js';

/** Where nobody promises that anything comes back, so long is enough to see that it does not. */
export const UNPROMISED_MS = 200;
/** netlab itself was late by more: then what came back too late may have been in time. */
const TOLERABLE_LAG_MS = 500;

/** @param measure gets the excerpt's context, and the cables that had to be cut because a storm ran in them */
export async function measureExcerpt(
  context: CheckContext,
  size: ExcerptSize,
  measure: (context: CheckContext, cuts: readonly StormCut[]) => Promise<CheckOutcome>,
): Promise<CheckOutcome> {
  const twin = excerpt(context.planned, size);
  const what = `${counted(twin.cluster.hosts.length, 'host')} built once more`;
  return await measureBeside(context, twin, what, async (beside) => {
    const isLooped = beside.plan.cluster.underlay.extraLinks.length > 0;
    return await measure(beside, isLooped ? await calmStorm(beside) : []);
  });
}

export interface Lateness {
  /** Flows that came back too late, or not at all. */
  readonly late: readonly Outage[];
  readonly limitMs: number;
  /** Flows that have nothing to do with what was lost. */
  readonly others?: readonly Outage[];
  readonly lagMs: number;
  /** Something else is wrong for sure. */
  readonly isCertain: boolean;
}

/** A flow that came back, only later than it may, proves nothing when netlab itself was late. */
export function judgeOutages(measured: Measured, evidence: readonly Evidence[], lateness: Lateness): CheckOutcome {
  if (evidence.length === 0 && !lateness.isCertain) return passed(measured);
  if (isProven(lateness)) return failed(measured, evidence);
  const reason = `netlab itself was ${lateness.lagMs} ms late`;
  return inconclusive(measured, evidence, reason, 'Measure again on a less busy machine.');
}

function isProven({ late, limitMs, others = [], lagMs, isCertain }: Lateness): boolean {
  if (isCertain || ![...late, ...others].every(({ isBack }) => isBack)) return true;
  // Daemons and the kernel had as little of the processor as netlab had.
  if (lagMs > TOLERABLE_LAG_MS) return false;
  return late.some(isSurelyLate(limitMs)) || others.some(isSurelyLate(TOLERANCE_MS));
}
