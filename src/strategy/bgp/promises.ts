import type { Cluster } from '../../cluster/cluster.js';
import { absent, type Declarations, promised, silent } from '../../declaration/promise.js';
import { independentHosts } from '../survival.js';
import { withoutIpv6 } from '../layer-2.js';
import { lostBehindNat } from '../routed-slices.js';

export const promises: Declarations = {
  'unique-address': promised('each host assigns from its own slice, a subnet that no other host has'),
  'container-to-container': promised('each host has told the others by BGP what is behind it'),
  'host-to-container': promised(
    'a host has a route to each of its own containers, and has learned those to the others',
  ),
  'container-to-host': promised("the containers' gateway is their host, which knows the LAN of all hosts"),
  'lan-reachable': promised(
    "r1, the LAN's router, has learned all routes, and machines of the LAN send to r1 what they do not know",
  ),
  'no-nat': promised('packets are routed as they are; nobody on their way translates addresses'),
  'native-ports': promised('each container serves on its own address'),
  'path-mtu': promised("nothing is encapsulated, so nothing is taken off the wire's MTU"),
  throughput: promised('packets cross the wire as the containers send them'),
  egress: promised("the host forwards, and r1 has learned the way back, so world sees the container's own address"),
  'crosses-routers': promised('the routers between the hosts speak BGP as well, and learn every route'),
  'broadcast-domain': absent("each host's containers are in a segment of their own, and no broadcast crosses a router"),
  'loop-free': promised('no segment reaches from host to host, so no cable between hosts can close a loop of bridges'),
  encrypted: absent('packets cross the wire as the containers send them'),
  isolation: absent('each host forwards between its containers and whoever has a route'),
  'dual-stack': promised('a second session between the same neighbours tells the IPv6 routes'),
  names: silent('routes say nothing of names'),
  'service-discovery': silent('no agent is part of it; a scenario may add one'),
  'lease-hygiene': absent("addresses come from the host's slice without leases"),
  ...independentHosts(
    'packets pass r1 at most, and it withdraws what a lost host had announced',
    'BIRD tells its neighbours once more what is behind the host',
  ),
  'address-capacity': promised('253 containers in a /24; the next is refused'),
  'infrastructure-free': absent('BIRD runs on every host and on the routers, and listens for BGP and BFD'),
};

/** @param isFine whether each container's address is announced by itself */
export function adjustedPromises(cluster: Cluster, isFine: boolean): Partial<Declarations> {
  const behindNat = cluster.underlay.nat.length > 0;
  return {
    ...(isFine ? finer : {}),
    ...withoutIpv6(cluster),
    ...lostBehindNat(cluster),
    ...(behindNat ? { egress: absent(notFromBehindNat) } : {}),
  };
}

const finer: Partial<Declarations> = {
  'broadcast-domain': absent('each container is alone on its cable with its host, which forwards no broadcasts'),
};

const notFromBehindNat = 'what comes from containers behind NAT has an address to which nobody has a route';
