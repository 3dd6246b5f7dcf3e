import type { Check, CheckContext } from '../check/contract.js';
import { directionFromTo } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** Every host reaches every container, its own and those of other hosts. */
export const hostToContainer: Check = {
  promise: 'host-to-container',
  title: 'ICMP, TCP and UDP from every host to every container',
  sharing: 'shared',
  measure: async (context: CheckContext) =>
    await measureReachability(context, {
      what: 'flows from hosts to containers',
      directions: [directionFromTo(context, 'host', 'container')],
      impossible: {
        reason: 'the cluster has no container',
        remedy: 'Give the scenario at least one container (cluster.containers).',
      },
    }),
};
