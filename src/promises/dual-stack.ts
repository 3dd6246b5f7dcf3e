/**
 * # dual-stack
 *
 * Whatever reaches a container by IPv4 does so by IPv6.
 *
 * ## What it asks
 *
 * Does IPv6 work everywhere, or is it configured and broken?
 *
 * ## How it is measured
 *
 * The flows of [container-to-container](container-to-container.md), with hosts and the LAN as far as the design
 * promises those, once more by IPv6.
 *
 * ## Its limit
 *
 * Skipped where the containers' MTU is below 1280 bytes (RFC 8200). A cluster without IPv6 (`ipv6: false`) cannot keep
 * or break it.
 *
 * ## What breaks it
 *
 * Forwarding that is on for IPv4 only, a firewall without IPv6 rules, a router that advertises no prefix, neighbour
 * discovery that is filtered.
 *
 * ## What to do
 *
 * Compare with the IPv4 promises: what breaks here only is a matter of IPv6 forwarding, addresses or ND.
 */
import type { CheckOutcome } from '../result/result.js';
import { ipv6, somebodyToTalkTo } from '../check/lacks.js';
import type { Check, CheckContext } from '../check/contract.js';
import { directionsBetweenContainers, directionsToLan, directionsWithHosts } from '../reachability/directions.js';
import { skipped } from '../check/outcome.js';
import { ipv6MinimumBytes } from '../address/ip.js';
import { measureReachability } from '../reachability/reachability.js';

/** Everything that reaches a container by IPv4 does by IPv6. */
export const dualStack: Check = {
  promise: 'dual-stack',
  forEveryContainer: true,
  lacks: (plan) => ipv6(plan) ?? somebodyToTalkTo(plan),
  title: 'ICMP, TCP and UDP by IPv6 between containers, hosts and the LAN',
  sharing: 'shared',
  measure,
};

function withoutIpv6({ plan: { mtu } }: CheckContext): CheckOutcome {
  return skipped(
    `the containers' MTU is too small for IPv6, which needs ${ipv6MinimumBytes} bytes (RFC 8200): ${mtu.why}`,
    'Give the wire a larger MTU (cluster.underlay.mtu).',
  );
}

async function measure(context: CheckContext): Promise<CheckOutcome> {
  if (context.plan.cluster.network.ipv6 === undefined) return withoutIpv6(context);
  return await measureReachability(context, {
    what: 'flows by IPv6',
    family: 'ipv6',
    directions: [...directionsBetweenContainers(context), ...directionsWithHosts(context), ...directionsToLan(context)],
    impossible: {
      reason: 'no container has an IPv6 address and somebody to talk to',
      remedy: 'Give the scenario at least two containers (cluster.containers).',
    },
  });
}
