import { topologyOf } from '../graph/topology.js';
import type { Plan } from '../plan/plan.js';
import type { DesignFacts, Needs } from '../result/design.js';

/** What reports show of a plan. */
export function describeDesign(plan: Plan): DesignFacts {
  const { kind, mtuBytes, family } = plan.scenario.cluster.underlay;
  const { convergence, recovery } = plan;
  const { bytes, wireBytes, why, ofHosts } = plan.mtu;
  const { decided } = plan.scenario.strategy;
  return {
    title: plan.strategy.title,
    underlay: { kind, mtuBytes, family },
    mtu: { bytes, wireBytes, why, ...(ofHosts === undefined ? {} : { ofHosts }) },
    needs: needsOf(plan),
    ...(convergence === undefined ? {} : { convergence: { deadlineMs: convergence.deadlineMs, why: convergence.why } }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(decided === undefined ? {} : { decided }),
    topology: topologyOf(plan),
  };
}

/** The strategy's own; what the scenario adds beside it is no need of the strategy. */
function needsOf({ infrastructure, requirements }: Plan): Needs {
  const { daemons, listeners, kernelFeatures, forEgress = [] } = infrastructure;
  const programs = requirements.flatMap((one) => (one.kind === 'binary' && one.optional !== true ? [one.name] : []));
  return { daemons, listeners, kernelFeatures, programs: [...new Set(programs)], forEgress };
}
