/** Waiting until a lab that has just been built forwards: spanning trees, routing sessions and tunnels take their time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '#lab/lab.js';
import { redundantCables } from '../probes/redundant-cables.js';
import { cutOff } from '../probes/storm.js';
import { switchPortsSettled } from '../probes/switch-ports.js';
import type { Plan } from '../plan/plan.js';
import { createFlows } from '../flows/flow-engine.js';
import type { FlowRequest } from '../check/flow.js';
import { groupViews } from './group-views.js';
import { leasedPlan } from './leased.js';
import { waysToHave } from './ways.js';

/** Between two rounds of probes. */
const PAUSE_MS = 200;

export interface Converged {
  /** From the end of the build until everything was reachable, or until it was given up. */
  readonly ms: number;
  /** Pairs that did not reach each other in the end: `h1c1 -> h3c1`, `h1c1 -> world`. */
  readonly missing: readonly string[];
}

export interface ConvergeOptions {
  /** How long addresses that only leases tell are waited for without news; as before a verify when absent. */
  readonly leaseQuietMs?: number | undefined;
  /** How long it may take; as long as the plan says when absent, and then not at all where the plan says nothing. */
  readonly deadlineMs?: number;
  /** Told once, when something is missing and is waited for. */
  readonly onMissing?: () => void;
}

/**
 * Waits until one container of each host reaches one of each other host and, where that is promised, the world and the LAN, in
 * every family, or the plan's deadline passes. What is missing then is no failure here: the checks will tell.
 */
export async function converge(
  planned: Plan,
  lab: Lab,
  signal: AbortSignal,
  options: ConvergeOptions = {},
): Promise<Converged> {
  const startedMs = performance.now();
  const plan = await leasedPlan(planned, lab, signal, options.leaseQuietMs);
  const allowedMs = options.deadlineMs ?? plan.convergence?.deadlineMs;
  const deadlineMs = startedMs + (allowedMs ?? 0);
  let tell = options.onMissing;
  // Containers of different groups are not to reach each other.
  let missing: readonly FlowRequest[] = allowedMs === undefined ? [] : groupViews(plan).flatMap(waysToHave);
  while (missing.length > 0) {
    missing = await unanswered(plan, lab, missing, signal);
    if (missing.length === 0 || performance.now() >= deadlineMs) break;
    tell?.();
    tell = undefined;
    // In a loop that nothing watches, a storm runs from the first broadcast on, and nobody reaches anybody.
    if ((await redundantCables(lab, 'planned')).length > 0) await cutOff(lab, signal);
    await delay(PAUSE_MS, undefined, { signal });
  }
  // Where redundant tunnels are still being decided on, broadcasts may run round for a moment.
  if (allowedMs !== undefined) await switchPortsSettled(lab, signal, Math.max(0, deadlineMs - performance.now()));
  const names = missing.map(({ from, to }) => `${from.node} -> ${to.node}`);
  return { ms: performance.now() - startedMs, missing: [...new Set(names)] };
}

/** Every round with flows of its own: those of a verify are measured once only. */
async function unanswered(
  plan: Plan,
  lab: Lab,
  requests: readonly FlowRequest[],
  signal: AbortSignal,
): Promise<readonly FlowRequest[]> {
  const endpoints = groupViews(plan).flatMap((view) => view.endpoints);
  const flows = createFlows({ lab, plan: { endpoints }, signal });
  try {
    const results = await flows.measure(requests);
    return requests.filter((_, i) => results[i]?.delivered !== true);
  } finally {
    flows.close();
  }
}
