/** A plan with groups as each of them sees it, and what checks found in all of them as one outcome. */
import type { Plan } from '../plan/plan.js';
import type { CheckOutcome } from '../result/result.js';
import { mergeVerdicts } from '../result/verdict.js';

/** The plan itself where it names no groups; else once for each, with that group's containers at their addresses there. */
export function groupViews(plan: Plan): readonly Plan[] {
  const { groups, ...rest } = plan;
  if (groups === undefined) return [plan];
  return groups.map(({ group, scenario, cluster, endpoints }) => ({ ...rest, group, scenario, cluster, endpoints }));
}

/** What a check found in one view. */
export interface ViewOutcome {
  readonly view: Plan;
  readonly outcome: CheckOutcome;
}

const isMeasured = ({ outcome: { verdict } }: ViewOutcome): boolean =>
  verdict !== 'skip' && verdict !== 'not applicable';

/** One outcome of all views: the worst verdict, and who says what. A view where nothing can be measured counts only when all are so. */
export function mergedOutcome(found: readonly ViewOutcome[]): CheckOutcome {
  const measured = found.filter(isMeasured);
  const [first, ...others] = measured.length === 0 ? found.slice(0, 1) : measured;
  if (first === undefined) throw new TypeError('a plan has one view at least');
  if (others.length === 0 && found.length === 1) return first.outcome;
  const all = [first, ...others];
  const say = (pick: (outcome: CheckOutcome) => string | undefined) =>
    all
      .flatMap(({ view, outcome }) => {
        const words = pick(outcome);
        return words === undefined ? [] : [`${view.group?.name ?? 'all'}: ${words}`];
      })
      .join('; ');
  const unmeasured = found.flatMap(({ view, outcome }) =>
    measured.length > 0 && !isMeasured({ view, outcome })
      ? [`${view.group?.name ?? 'all'}: not measured (${outcome.reason ?? outcome.summary})`]
      : [],
  );
  const [coverage, reason, remedy] = [
    [say(({ coverage: one }) => one), ...unmeasured].filter((words) => words !== '').join('; '),
    say(({ reason: one }) => one),
    say(({ remedy: one }) => one),
  ];
  return {
    verdict: mergeVerdicts(all.map(({ outcome }) => outcome.verdict)),
    summary: say(({ summary }) => summary),
    ...(coverage === '' ? {} : { coverage }),
    observations: all.flatMap(({ outcome }) => outcome.observations),
    evidence: all.flatMap(({ view, outcome }) =>
      outcome.evidence.map((one) => ({ ...one, message: `${one.message} (group ${view.group?.name})` })),
    ),
    ...(reason === '' ? {} : { reason }),
    ...(remedy === '' ? {} : { remedy }),
  };
}
