/** What the plan has and the lab has not: a promise made to every container is broken by one that is not there. Pure. */
import { failed, skipped } from '../check/outcome.js';
import { enumerate } from '../check/words.js';
import type { PromiseName } from '../declaration/promise.js';
import type { Plan } from '../plan/plan.js';
import type { CheckOutcome } from '../result/result.js';

export interface Absence {
  /** The plan with all that is missing. */
  readonly whole: Plan;
  readonly missing: readonly string[];
  /** netlab's own faults that took them away: `host-crash h2`. */
  readonly onPurpose: readonly string[];
}

/** What must work for every container. Other promises say what must not happen: of what is gone, nobody can tell. */
const forEach: ReadonlySet<PromiseName> = new Set<PromiseName>([
  'unique-address',
  'container-to-container',
  'host-to-container',
  'container-to-host',
  'lan-reachable',
  'native-ports',
  'path-mtu',
  'throughput',
  'egress',
  'broadcast-domain',
  'dual-stack',
  'names',
  'service-discovery',
]);

/** @param outcome what was found among what is there */
export function withAbsence(
  promise: PromiseName,
  outcome: CheckOutcome,
  { missing, onPurpose }: Absence,
): CheckOutcome {
  if (missing.length === 0) return outcome;
  const purpose = onPurpose.length === 0 ? '' : `, on purpose: ${enumerate(onPurpose)}`;
  const gone = `${enumerate(missing)} ${missing.length === 1 ? 'is' : 'are'} not there${purpose}`;
  const measured = { ...outcome, summary: `${gone}; among the rest: ${outcome.summary}` };
  if (forEach.has(promise)) {
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
