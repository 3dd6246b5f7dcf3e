/** Measures every promise of a lab as it is now, afresh each time. */
import type { Lab } from '#lab/lab.js';
import { Work, wordsOf } from '#lab/stray-errors.js';
import type { Check, CheckContext, Sharing } from '../check/contract.js';
import { notApplicable } from '../check/outcome.js';
import { checks } from './checks.js';
import { expectAllInTime } from '../probes/overdue-ports.js';
import { calmStorm } from '../probes/storm.js';
import type { Plan } from '../plan/plan.js';
import { type PromiseName, promiseNames } from '../declaration/promise.js';
import { cellOf } from '../result/cell.js';
import type { RunEvent } from '../result/events.js';
import type { CheckResult, PromiseResult } from '../result/result.js';
import { mergeVerdicts } from '../result/verdict.js';
import { joined, type Verified } from '../result/verified.js';
import { type Absence, withAbsence } from './absence.js';
import type { Baseline } from './baseline.js';
import { createFlows, type OwnedFlows } from '../flows/flow-engine.js';
import { groupViews, mergedOutcome, type ViewOutcome } from '../readiness/group-views.js';
import { leasedPlan } from '../readiness/leased.js';
import { type LiveGuests, liveGuests } from './live-guests.js';
import { type CountedFollowUps, createFollowUps } from '../trace/follow-ups.js';
import { notMeasured, outcomeOf } from './timed-check.js';

export interface VerifyOptions {
  readonly plan: Plan;
  readonly lab: Lab;
  readonly baseline: Baseline;
  readonly only?: readonly PromiseName[];
  readonly absence: Absence;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** @param parts `here`: without what {@link verifyBeside} measures */
export async function verifyLab(options: VerifyOptions, parts: 'all' | 'here' = 'all'): Promise<Verified> {
  const { lab, signal } = options;
  expectAllInTime(lab);
  const plan = await leasedPlan(options.plan, lab, signal);
  const followUps = createFollowUps(signal);
  const views = groupViews(plan).map((view) => contextOf(view, options, followUps));
  try {
    const [first] = views as [OwnedContext, ...OwnedContext[]];
    await calmStorm(first);
    const here = measureHere(options, { whole: { ...first, plan }, views });
    const [own, beside] = await Promise.all([here, parts === 'all' ? verifyBeside(options) : undefined]);
    const verified = judged(plan, own, options, followUps);
    return beside === undefined ? verified : joined(verified, beside);
  } finally {
    await leave(views);
    await forgetProbes(lab);
  }
}

/** Measures what needs other labs, built beside this one: neither this lab nor its addresses have to be ready for that. */
export async function verifyBeside(options: VerifyOptions): Promise<Verified> {
  const { plan } = options;
  const followUps = createFollowUps(options.signal);
  const views = groupViews(plan).map((view) => contextOf(view, options, followUps));
  try {
    const [first] = views as [OwnedContext, ...OwnedContext[]];
    const scope = { whole: { ...first, plan }, views };
    const results = await Promise.all(
      thoseThatRun('beside', options, scope).map((check) => measureOne(check, scope, options)),
    );
    return judged(plan, results, options, followUps);
  } finally {
    await leave(views);
  }
}

/** What checks look at: the plan as a whole, or as each group sees it. */
interface Scope {
  readonly whole: CheckContext;
  readonly views: readonly CheckContext[];
}

function thoseThatRun(way: Sharing, { only }: VerifyOptions, { whole }: Scope): readonly Check[] {
  return checks.filter((check) => (only?.includes(check.promise) ?? true) && sharingOf(check, whole) === way);
}

async function measureHere(options: VerifyOptions, scope: Scope): Promise<readonly Measured[]> {
  const measure = async (check: Check): Promise<Measured> => await measureOne(check, scope, options);
  const [forAlone, forApart, forShared] = (['alone', 'apart', 'shared'] as const).map((way) =>
    thoseThatRun(way, options, scope),
  ) as [readonly Check[], readonly Check[], readonly Check[]];
  const apart = Promise.all(forApart.map(measure));
  const shared = await Promise.all(forShared.map(measure));
  const alone: Measured[] = [];
  for (const check of forAlone) alone.push(await measure(check));
  return [...shared, ...alone, ...(await apart)];
}

interface OwnedContext extends CheckContext {
  readonly flows: OwnedFlows;
  readonly guests: LiveGuests;
}

function contextOf(
  plan: Plan,
  { plan: planned, lab, baseline: rulesets, signal }: VerifyOptions,
  followUps: CountedFollowUps,
): OwnedContext {
  const flows = createFlows({ lab, plan, signal });
  return { plan, planned, lab, signal, rulesets, flows, followUps, guests: liveGuests(plan, lab, signal) };
}

function sharingOf({ sharing }: Check, context: CheckContext): Sharing {
  return typeof sharing === 'function' ? sharing(context) : sharing;
}

async function leave(views: readonly OwnedContext[]): Promise<void> {
  for (const { flows } of views) flows.close();
  for (const { guests } of views) await guests.clear();
}

/** What the kernel learned from our probes would colour the next measurement. */
async function forgetProbes(lab: Lab): Promise<void> {
  const forgotten = [...lab.nodes.values()].map(async (node) => {
    await Promise.all([node.forgetNeighbours(), node.forgetPaths(), node.switches.forgetPaths()]);
  });
  await Promise.all(forgotten);
}

/** What a check found, and what answers for callbacks of it that come late. */
interface Measured {
  readonly result: CheckResult;
  readonly work: Work;
}

/** Where groups are measured each for itself: one after the other. */
async function measureOne(check: Check, scope: Scope, { emit, absence }: VerifyOptions): Promise<Measured> {
  const { promise } = check;
  const views = check.views === 'whole' ? [scope.whole] : scope.views;
  const startedMs = performance.now();
  emit({ type: 'check-started', promise });
  const found: ViewOutcome[] = [];
  const work = new Work();
  for (const context of views) {
    const lack = check.lacks?.(context.plan);
    const outcome = lack === undefined ? await outcomeOf(check, context, work) : notApplicable(lack);
    found.push({ view: context.plan, outcome });
  }
  const canExist = groupViews(absence.whole).some((view) => check.lacks?.(view) === undefined);
  const among = mergedOutcome(found);
  const outcome = canExist ? withAbsence(check, among, absence) : among;
  const result = { ...outcome, id: promise, durationMs: performance.now() - startedMs };
  emit({ type: 'check-ended', promise, result });
  return { result, work };
}

function judged(
  plan: Plan,
  measured: readonly Measured[],
  { emit, signal }: VerifyOptions,
  { facts }: CountedFollowUps,
): Verified {
  const promises = judge(plan, measured.map(lastWord));
  for (const result of promises) emit({ type: 'promise-judged', result });
  return { promises, complete: !signal.aborted, followUps: facts };
}

/** A check whose callback failed after its end has measured nothing that could be relied on. */
function lastWord({ result, work }: Measured): CheckResult {
  work.close();
  const { verdict, id, durationMs } = result;
  if (!work.failed.aborted || verdict === 'error') return result;
  return { ...notMeasured(wordsOf(work.failed.reason)), id, durationMs };
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
