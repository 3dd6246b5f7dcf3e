/** Another cluster, built beside the lab for as long as a check measures it. */
import { missingRequirements } from '#lab/capabilities.js';
import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import type { Plan } from '../plan/plan.js';
import type { CheckOutcome } from '../result/result.js';
import { converge } from '../readiness/converge.js';
import { createFlows } from '../flows/flow-engine.js';
import { leasedNow } from '../readiness/leased.js';
import { withoutUnavailable } from '../readiness/requirements.js';
import type { CheckContext } from '../check/contract.js';
import { skipped } from '../check/outcome.js';
import { enumerate } from '../check/words.js';

/** Without a server that hears them, clients have asked three times by then. */
const UNPROMISED_LEASE_MS = 2_500;

export interface BesideOptions {
  /** How long a probe may take, in ms; as in the lab itself when absent. */
  readonly deadlineMs?: number;
}

/**
 * Builds the plan of a second cluster, measures it and takes it down; skips with the remedy when this machine lacks what
 * only that one needs.
 * @param what the second cluster is, for the summary
 * @param measure gets the context of that cluster, with the promises of the lab's own plan
 */
export async function measureBeside(
  context: CheckContext,
  twin: Plan,
  what: string,
  measure: (context: CheckContext) => Promise<CheckOutcome>,
  options: BesideOptions = {},
): Promise<CheckOutcome> {
  const missing = await missingRequirements(newRequirements(context.plan, twin));
  if (missing.length > 0)
    return skipped(
      `for ${what} the strategy needs what this machine does not have: ${enumerate(missing.map(({ requirement, detail }) => `${requirement} (${detail})`))}`,
      enumerate(missing.map(({ remedy }) => remedy)),
    );
  // As in the lab itself: what is left out there for want of a program is left out here.
  const plan = { ...twin, nodes: await withoutUnavailable(twin), promises: context.plan.promises };
  const lab = await context.lab.beside();
  const life = watchServices(lab, what);
  const signal = AbortSignal.any([context.signal, life]);
  try {
    await lab.apply(plan.nodes);
    await converge(plan, lab, signal, {
      leaseQuietMs: options.deadlineMs === undefined ? undefined : UNPROMISED_LEASE_MS,
    });
    const outcome = await measureWithFlows(
      { ...context, plan: await leasedNow(plan, lab), planned: plan, lab, signal, rulesets: new Map() },
      measure,
      options,
    );
    life.throwIfAborted();
    return { ...outcome, summary: `${what}: ${outcome.summary}` };
  } catch (error) {
    // Whatever else went wrong then is no finding: the design was not there as a whole.
    life.throwIfAborted();
    throw error;
  } finally {
    await lab.remove([...lab.nodes.keys()]);
  }
}

/** @returns aborted as soon as a service of that lab has died, which is nobody's doing but the machine's */
function watchServices(lab: Lab, what: string): AbortSignal {
  const death = new AbortController();
  const tell = async (): Promise<void> => {
    const { node, service, how } = await lab.firstDeath();
    const words = `the service ${service} of ${node} ended by itself there (${how}), so what was measured is not the design`;
    death.abort(new LabError(`${what}: ${words}`));
  };
  void tell();
  return death.signal;
}

async function measureWithFlows(
  context: CheckContext,
  measure: (context: CheckContext) => Promise<CheckOutcome>,
  options: BesideOptions,
): Promise<CheckOutcome> {
  const { plan, lab, signal } = context;
  const flows = createFlows({ lab, plan, signal, ...options });
  try {
    return await measure({ ...context, flows });
  } finally {
    flows.close();
  }
}

function newRequirements(plan: Plan, twin: Plan): Plan['requirements'] {
  return twin.requirements.filter(
    ({ kind, name }) => !plan.requirements.some((own) => own.kind === kind && own.name === name),
  );
}
