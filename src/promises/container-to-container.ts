/**
 * # container-to-container
 *
 * Every container reaches every other one, on its own host and across hosts.
 *
 * ## What it asks
 *
 * Do ICMP, TCP and UDP get from each container to each other container and back?
 *
 * ## How it is measured
 *
 * Sockets are opened in the containers' network namespaces. For each ordered pair an echo request, a datagram and a
 * connection carry a nonce, and a flow counts only when the intended container's own socket received that very nonce
 * and the sender got the answer. What is lost is sent again while it may still be a matter of address resolution; a few
 * losses among very many flows are measured once more, and the report says how many.
 *
 * ## Its limit
 *
 * Up to 40 containers every ordered pair is probed. Above that a covering design is used: every container sends and
 * receives, and every ordered pair of hosts has a pair. `coverage: all` probes every pair. Ports are free ones that
 * netlab picks, so a rule for one port of an application is not seen here.
 *
 * ## What breaks it
 *
 * A missing route or tunnel, a bridge without the host's interface, a FORWARD policy of DROP, a duplicate address, a
 * cable without carrier.
 *
 * ## What to do
 *
 * The evidence names the first place where the packet was missing, and beside it how that node differs from the plan.
 * `netlab capture LAB NODE` shows the packets there.
 */
import type { Check, CheckContext } from '../check/contract.js';
import { twoContainers } from '../check/lacks.js';
import { directionsBetweenContainers } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** Containers of one host and of different hosts reach each other. */
export const containerToContainer: Check = {
  promise: 'container-to-container',
  forEveryContainer: true,
  lacks: twoContainers,
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
