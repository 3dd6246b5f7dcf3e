import type { Check, CheckContext } from '../check/contract.js';
import { directionFromTo } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** A machine of the LAN that is no cluster host reaches containers by their own addresses, and they reach it. */
export const lanReachable: Check = {
  promise: 'lan-reachable',
  title: 'ICMP, TCP and UDP between outsiders on the LAN and every container, both ways',
  sharing: 'shared',
  measure: async (context: CheckContext) =>
    await measureReachability(context, {
      what: 'flows between outsiders and containers',
      directions: [
        directionFromTo(context, 'outsider', 'container'),
        directionFromTo(context, 'container', 'outsider'),
      ],
      impossible: {
        reason: 'the cluster has no outsider, or no container for it to reach',
        remedy: 'Give the scenario at least one outsider and one container (cluster.outsiders, cluster.containers).',
      },
    }),
};
