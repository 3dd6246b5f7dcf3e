/** Measures every promise of a lab as it is now, afresh each time. */
import type { Lab } from '#lab/lab.js';
import type { Check, CheckContext, Sharing } from '../checks/contract.js';
import { checks } from '../checks/index.js';
import { calmStorm } from '../checks/storm.js';
import type { Plan } from '../plan/plan.js';
import { type PromiseName, promiseNames } from '../promise/promise.js';
import { cellOf } from '../result/cell.js';
import type { RunEvent } from '../result/events.js';
import type { CheckResult, PromiseResult } from '../result/result.js';
import { mergeVerdicts } from '../result/verdict.js';
import type { Baseline } from './baseline.js';
import { createFlows, type OwnedFlows } from './flow-engine.js';
import { groupViews, mergedOutcome, type ViewOutcome } from './group-views.js';
import { leasedPlan } from './leased.js';
import { type LiveGuests, liveGuests } from './live-guests.js';
import { outcomeOf } from './timed-check.js';
import { announceWaits } from './waiting.js';

export interface VerifyOptions {
  readonly plan: Plan;
  readonly lab: Lab;
  readonly baseline: Baseline;
  readonly only?: readonly PromiseName[];
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

export async function verifyLab(options: VerifyOptions): Promise<{ promises: PromiseResult[]; complete: boolean }> {
  const { lab, signal, emit } = options;
  const plan = await leasedPlan(options.plan, lab, signal);
  const views = groupViews(plan).map((view) => contextOf(view, options));
  const chosen = checks.filter((check) => options.only?.includes(check.promise) ?? true);
  const endAnnouncements = announceWaits(lab, emit);
  try {
    const [first] = views as [OwnedContext, ...OwnedContext[]];
    await calmStorm(first);
    const whole = { ...first, plan };
    const measure = async (check: Check): Promise<CheckResult> =>
      await measureOne(check, check.views === 'whole' ? [whole] : views, emit);
    const ways = new Map(chosen.map((check) => [check, sharingOf(check, whole)]));
    const thoseThatRun = (way: Sharing) => chosen.filter((check) => ways.get(check) === way);
    const apart = Promise.all(thoseThatRun('apart').map(measure));
    const shared = await Promise.all(thoseThatRun('shared').map(measure));
    const alone: CheckResult[] = [];
    for (const check of thoseThatRun('alone')) alone.push(await measure(check));
    const promises = judge(plan, [...shared, ...alone, ...(await apart)]);
    for (const result of promises) emit({ type: 'promise-judged', result });
    return { promises, complete: !signal.aborted };
  } finally {
    endAnnouncements();
    for (const { flows } of views) flows.close();
    for (const { guests } of views) await guests.clear();
    await forgetProbes(lab);
  }
}

interface OwnedContext extends CheckContext {
  readonly flows: OwnedFlows;
  readonly guests: LiveGuests;
}

function contextOf(plan: Plan, { plan: planned, lab, baseline: rulesets, signal }: VerifyOptions): OwnedContext {
  const flows = createFlows({ lab, plan, signal });
  return { plan, planned, lab, signal, rulesets, flows, guests: liveGuests(plan, lab, signal) };
}

function sharingOf({ sharing }: Check, context: CheckContext): Sharing {
  return typeof sharing === 'function' ? sharing(context) : sharing;
}

/** What the kernel learned from our probes would colour the next measurement. */
async function forgetProbes(lab: Lab): Promise<void> {
  for (const node of lab.nodes.values()) {
    node.forgetNeighbours();
    node.forgetPaths();
  }
  await Promise.all([...lab.nodes.values()].map(async ({ switches }) => await switches.forgetPaths()));
}

/** @param views one, or one for each group: these one after the other */
async function measureOne(
  check: Check,
  views: readonly CheckContext[],
  emit: (event: RunEvent) => void,
): Promise<CheckResult> {
  const { promise } = check;
  const startedMs = performance.now();
  emit({ type: 'check-started', promise });
  const found: ViewOutcome[] = [];
  for (const context of views) found.push({ view: context.plan, outcome: await outcomeOf(check, context) });
  const outcome = mergedOutcome(found);
  const result = { ...outcome, id: promise, durationMs: performance.now() - startedMs };
  emit({ type: 'check-ended', promise, result });
  return result;
}

/** One result per promise that was measured, in the order in which reports show them. */
function judge(plan: Plan, results: readonly CheckResult[]): PromiseResult[] {
  return promiseNames.flatMap((promise) => {
    const own = results.filter((result) => result.id === promise);
    if (own.length === 0) return [];
    const { declared, why } = plan.promises[promise];
    const verdict = mergeVerdicts(own.map((result) => result.verdict));
    return [{ promise, declared, why, verdict, cell: cellOf(declared, verdict), checks: own }];
  });
}
