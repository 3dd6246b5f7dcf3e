import type { Check, CheckContext } from '../check/contract.js';
import { directionsBetweenContainers } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** Containers of one host and of different hosts reach each other. */
export const containerToContainer: Check = {
  promise: 'container-to-container',
  title: 'ICMP, TCP and UDP between containers of the same host and of different hosts',
  sharing: 'shared',
  measure: async (context: CheckContext) =>
    await measureReachability(context, {
      what: 'flows between containers',
      directions: directionsBetweenContainers(context),
      impossible: {
        reason: 'the cluster has fewer than two containers',
        remedy: 'Give the scenario at least two containers (cluster.containers).',
      },
    }),
};
