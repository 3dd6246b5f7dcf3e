/** Measures every promise of a lab as it is now, afresh each time. */
import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import type { Check, CheckContext } from '../checks/contract.js';
import { checks } from '../checks/index.js';
import { calmStorm } from '../checks/storm.js';
import type { Plan } from '../plan/plan.js';
import { type PromiseName, promiseNames } from '../promise/promise.js';
import { cellOf } from '../result/cell.js';
import type { RunEvent } from '../result/events.js';
import type { CheckOutcome, CheckResult, PromiseResult } from '../result/result.js';
import { mergeVerdicts } from '../result/verdict.js';
import { createFlows } from './flow-engine.js';
import { leasedPlan } from './leased.js';
import { liveGuests } from './live-guests.js';

export interface VerifyOptions {
  readonly plan: Plan;
  readonly lab: Lab;
  readonly only?: readonly PromiseName[];
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** Long enough for a thousand containers beside other labs, whose turns count, too; a check that takes longer has lost its way. */
const CHECK_TIMEOUT_MS = 600_000;

export async function verifyLab(options: VerifyOptions): Promise<{ promises: PromiseResult[]; complete: boolean }> {
  const { lab, signal, emit } = options;
  const plan = await leasedPlan(options.plan, lab, signal);
  const flows = createFlows({ lab, plan, signal });
  const guests = liveGuests(plan, lab, signal);
  const context: CheckContext = { plan, lab, flows, signal, guests };
  const chosen = checks.filter((check) => options.only?.includes(check.promise) ?? true);
  try {
    await calmStorm(context);
    const measure = async (check: Check): Promise<CheckResult> => await measureOne(check, context, emit);
    const shared = await Promise.all(chosen.filter(({ sharing }) => sharing === 'shared').map(measure));
    const alone: CheckResult[] = [];
    for (const check of chosen) if (check.sharing === 'alone') alone.push(await measure(check));
    const promises = judge(plan, [...shared, ...alone]);
    for (const result of promises) emit({ type: 'promise-judged', result });
    return { promises, complete: !signal.aborted };
  } finally {
    flows.close();
    await guests.clear();
    forgetProbes(lab);
  }
}

/** What the kernel learned from our probes would colour the next measurement. */
function forgetProbes(lab: Lab): void {
  for (const node of lab.nodes.values()) {
    node.forgetNeighbours();
    node.forgetPaths();
  }
}

async function measureOne(check: Check, context: CheckContext, emit: (event: RunEvent) => void): Promise<CheckResult> {
  const { promise } = check;
  const startedMs = performance.now();
  emit({ type: 'check-started', promise });
  const outcome = context.signal.aborted ? cutShort() : await outcomeOf(check, context);
  const result = { ...outcome, id: promise, durationMs: performance.now() - startedMs };
  emit({ type: 'check-ended', promise, result });
  return result;
}

async function outcomeOf(check: Check, context: CheckContext): Promise<CheckOutcome> {
  const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const signal = AbortSignal.any([context.signal, timeout]);
  try {
    return await Promise.race([check.measure({ ...context, signal }), aborted(signal)]);
  } catch (error) {
    if (context.signal.aborted) return cutShort();
    const why = timeout.aborted ? `it did not end within ${CHECK_TIMEOUT_MS / 1000} s` : words(error);
    return { verdict: 'error', summary: 'netlab could not measure this', observations: [], evidence: [], reason: why };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** A known error in one line; the stack of an unknown one belongs into a bug report. */
function words(error: unknown): string {
  if (error instanceof LabError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function cutShort(): CheckOutcome {
  return {
    verdict: 'skip',
    summary: 'not measured',
    observations: [],
    evidence: [],
    reason: 'the run was stopped before this was measured',
    remedy: 'Run it again and let it end.',
  };
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
