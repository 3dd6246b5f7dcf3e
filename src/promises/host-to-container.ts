/**
 * # host-to-container
 *
 * Every host reaches every container, its own and those of other hosts.
 *
 * ## What it asks
 *
 * Can a process on a host, as a health check or a reverse proxy is, talk to a container by the container's own address?
 *
 * ## How it is measured
 *
 * As [container-to-container](container-to-container.md): ICMP, TCP and UDP from each host to each container, each
 * probe with a nonce that the container's own socket must have received.
 *
 * ## Its limit
 *
 * The host sends from the address that its kernel chooses. The same covering design above 40 containers.
 *
 * ## What breaks it
 *
 * Macvlan children, which the kernel keeps apart from their own host; a host without an address on the containers'
 * network; a reverse path filter.
 *
 * ## What to do
 *
 * See which containers are not reached: all of the own host (an address on the bridge is missing), or all of other
 * hosts (a route or the tunnel is missing).
 */
import type { Check, CheckContext } from '../check/contract.js';
import { aContainer } from '../check/lacks.js';
import { directionFromTo } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** Every host reaches every container, its own and those of other hosts. */
export const hostToContainer: Check = {
  promise: 'host-to-container',
  forEveryContainer: true,
  lacks: aContainer,
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
