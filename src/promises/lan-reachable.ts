/**
 * # lan-reachable
 *
 * Machines of the LAN that are no cluster hosts reach containers by the containers' own addresses, and are reached.
 *
 * ## What it asks
 *
 * Is a container a machine of the network like any other, without published ports?
 *
 * ## How it is measured
 *
 * An outsider on the LAN and each container send each other ICMP, TCP and UDP. Each probe carries a nonce that the
 * intended node's own socket must have received.
 *
 * ## Its limit
 *
 * Outsiders are on the LAN of the hosts; machines beyond the router are the matter of [egress](egress.md). Without an
 * outsider in the scenario there is nothing to measure.
 *
 * ## What breaks it
 *
 * An overlay, which machines outside of it have no route to; a subnet per host that the LAN's router does not know; a
 * switch that admits one MAC address per port.
 *
 * ## What to do
 *
 * Tell the LAN's router the route to the containers' network, or declare the promise absent: overlays are meant to be
 * closed.
 */
import type { Check, CheckContext } from '../check/contract.js';
import { anOutsider } from '../check/lacks.js';
import { directionFromTo } from '../reachability/directions.js';
import { measureReachability } from '../reachability/reachability.js';

/** A machine of the LAN that is no cluster host reaches containers by their own addresses, and they reach it. */
export const lanReachable: Check = {
  promise: 'lan-reachable',
  forEveryContainer: true,
  lacks: anOutsider,
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
