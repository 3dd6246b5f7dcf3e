/** How a live node differs from its plan, asked for in one go. */
import type { LabNode } from '#lab/lab.js';
import type { NodeState } from '#lab/state.js';
import { comparedSysctls, type Drift, drift } from '../plan/drift.js';

/**
 * Everything in which a live node is not as planned.
 * @param nftables its ruleset as it was loaded and as it is now; not compared when absent
 */
export async function observedDrift(
  planned: NodeState,
  node: LabNode,
  nftables?: { readonly loaded: string; readonly now: string },
): Promise<readonly Drift[]> {
  const [routing, switches, observed, sysctls] = await Promise.all([
    node.routing(),
    node.switches.observe(),
    node.observe(),
    node.sysctls(comparedSysctls(planned)),
  ]);
  return drift(planned, observed, { sysctls, routing, switches, ...(nftables === undefined ? {} : { nftables }) });
}
