/** What designs lose that switch frames, where a router ends the segment. */
import type { Cluster } from '../cluster/cluster.js';
import { absent, type Declarations, type PromiseName } from '../declaration/promise.js';

/** What such a design says of routers between its hosts, wherever it runs. */
export const noRouters = absent('frames are switched; a router between the hosts ends the segment');

const lost: readonly PromiseName[] = [
  'container-to-container',
  'host-to-container',
  'container-to-host',
  'lan-reachable',
  'native-ports',
  'path-mtu',
  'throughput',
  'broadcast-domain',
  'dual-stack',
  'address-capacity',
];

/** The declarations that hold no longer on a routed underlay; none on a switch. */
export function lostBetweenRouters(cluster: Cluster): Partial<Declarations> {
  if (!isRouted(cluster)) return {};
  const why = `a router ends the segment of each host: its containers' network ${cluster.network.ipv4} goes on nowhere`;
  return Object.fromEntries(lost.map((name) => [name, absent(why)]));
}

/** Whether hosts are in different subnets. */
export function isRouted({ sites }: Cluster): boolean {
  return sites.some(({ router }) => router !== undefined);
}

/** The changes that IPv6 switched off by the scenario makes. */
export function withoutIpv6(cluster: Cluster): Partial<Declarations> {
  return cluster.network.ipv6 === undefined ? { 'dual-stack': absent('the scenario switches IPv6 off') } : {};
}
