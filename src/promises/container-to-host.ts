import type { Check, CheckContext } from '../check/contract.js';
import { directionFromTo } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** Every container reaches every host by its cluster address. */
export const containerToHost: Check = {
  promise: 'container-to-host',
  title: 'ICMP, TCP and UDP from every container to every host',
  sharing: 'shared',
  measure: async (context: CheckContext) =>
    await measureReachability(context, {
      what: 'flows from containers to hosts',
      directions: [directionFromTo(context, 'container', 'host')],
      impossible: {
        reason: 'the cluster has no container',
        remedy: 'Give the scenario at least one container (cluster.containers).',
      },
    }),
};
