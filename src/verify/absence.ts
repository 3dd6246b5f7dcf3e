/** What the plan has and the lab has not: a promise made to every container is broken by one that is not there. Pure. */
import type { Check } from '../check/contract.js';
import { failed, skipped } from '../check/outcome.js';
import { enumerate } from '../check/words.js';
import type { Plan } from '../plan/plan.js';
import type { CheckOutcome } from '../result/result.js';

export interface Absence {
  /** The plan with all that is missing. */
  readonly whole: Plan;
  readonly missing: readonly string[];
  /** netlab's own faults that took them away: `host-crash h2`. */
  readonly onPurpose: readonly string[];
}

/** @param outcome what was found among what is there */
export function withAbsence(
  { forEveryContainer }: Pick<Check, 'forEveryContainer'>,
  outcome: CheckOutcome,
  { missing, onPurpose }: Absence,
): CheckOutcome {
  if (missing.length === 0) return outcome;
  const purpose = onPurpose.length === 0 ? '' : `, on purpose: ${enumerate(onPurpose)}`;
  const gone = `${enumerate(missing)} ${missing.length === 1 ? 'is' : 'are'} not there${purpose}`;
  const measured = { ...outcome, summary: `${gone}; among the rest: ${outcome.summary}` };
  if (forEveryContainer === true) {
    const evidence = {
      message: gone,
      where: enumerate(missing),
      expected: 'every node of the plan',
      seen: 'no such node',
    };
    const { summary, observations, coverage } = measured;
    const cover = coverage === undefined ? {} : { coverage };
    return failed({ summary, observations, ...cover }, [evidence, ...outcome.evidence]);
  }
  if (outcome.verdict !== 'pass' && outcome.verdict !== 'not applicable') return measured;
  return skipped(`${gone}, so it could be measured among the rest only`, 'Mend the lab, and verify again.', measured);
}
