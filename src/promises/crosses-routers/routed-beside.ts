/** A small cluster of the same strategy with routers between its hosts, built beside the lab. */
import { LabError } from '#lab/errors.js';
import { AddressError } from '../../address/error.js';
import type { Plan } from '../../plan/plan.js';
import { PlanError } from '../../plan/problem.js';
import { routedTwin } from '../../plan/routed-twin.js';
import type { CheckOutcome } from '../../result/result.js';
import { measureBeside } from '../../twins/beside.js';
import type { CheckContext } from '../../check/contract.js';
import { failed, skipped } from '../../check/outcome.js';

/**
 * Where nobody promises that anything arrives, this is waited for: with a dozen nodes nothing floods the kernel's queues,
 * and it asks for a neighbour every 100 ms. A promise is not called broken before the usual deadline.
 */
const UNPROMISED_DEADLINE_MS = 300;

/** @param measure gets the context of that cluster, with the promises of the lab's own plan */
export async function besideWithRouters(
  context: CheckContext,
  measure: (context: CheckContext) => Promise<CheckOutcome>,
): Promise<CheckOutcome> {
  const twin = twinOf(context.plan);
  if ('verdict' in twin) return twin;
  const isPromised = context.plan.promises['crosses-routers'].declared === 'promised';
  const patience = isPromised ? {} : { deadlineMs: UNPROMISED_DEADLINE_MS };
  const [one, other] = twin.cluster.hosts.map(({ name }) => name);
  return await measureBeside(
    context,
    twin,
    `${one} and ${other} built once more in different subnets`,
    measure,
    patience,
  );
}

function twinOf(plan: Plan): Plan | CheckOutcome {
  try {
    return routedTwin(plan);
  } catch (error) {
    if (error instanceof PlanError || !(error instanceof LabError)) throw error;
    if (error instanceof AddressError)
      return skipped(
        `no cluster with routers can be built beside this one: ${error.message}`,
        'Choose another network, or run a scenario with underlay: { kind: routed }.',
      );
    const expected = 'a cluster with a router between its hosts';
    return failed({ summary: `${plan.strategy.name} refuses routers between the hosts` }, [
      { message: error.message, expected, seen: 'refused before anything is built' },
    ]);
  }
}
