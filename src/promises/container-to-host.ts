/**
 * # container-to-host
 *
 * Every container reaches every host of the cluster.
 *
 * ## What it asks
 *
 * Can a container talk to its own host, and to the other hosts, by their cluster addresses?
 *
 * ## How it is measured
 *
 * As [container-to-container](container-to-container.md): ICMP, TCP and UDP from each container to each host, each
 * probe with a nonce that the host's own socket must have received.
 *
 * ## Its limit
 *
 * Only the hosts' cluster addresses are tried. The same covering design above 40 containers.
 *
 * ## What breaks it
 *
 * A host's INPUT rules, macvlan, an overlay on which the hosts have no address.
 *
 * ## What to do
 *
 * If only the own host is missing, look at the bridge's address and the host's INPUT rules; if only others are, at
 * routes and tunnels.
 */
import type { Check, CheckContext } from '../check/contract.js';
import { aContainer } from '../check/lacks.js';
import { directionFromTo } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** Every container reaches every host by its cluster address. */
export const containerToHost: Check = {
  promise: 'container-to-host',
  forEveryContainer: true,
  lacks: aContainer,
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
