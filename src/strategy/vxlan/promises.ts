/** What an overlay of VXLAN promises, whoever fills its forwarding tables. */
import type { Cluster } from '../../cluster/cluster.js';
import { absent, type Declarations, promised, silent } from '../../declaration/promise.js';
import { isRouted, lostBetweenRouters, withoutIpv6 } from '../layer-2.js';
import type { Forwarding } from './forwarding.js';

import { independentHosts } from '../survival.js';
const source = 'home-cluster-routable-ips';

export const promises: Declarations = {
  'unique-address': promised('each host assigns from its own slice of the overlay; the MAC is made of the address'),
  'container-to-container': promised(
    `${source}: overlay networks: "a network that ... spans across multiple docker hosts"`,
  ),
  'host-to-container': promised('each host has an address of its own on br0, where its containers and the tunnel are'),
  'container-to-host': promised('each host has an address of its own on br0, where its containers and the tunnel are'),
  'lan-reachable': absent(
    `${source}: "a hard time getting traffic into the cluster from other non-overlay-networked machines"`,
  ),
  'no-nat': promised('between hosts and containers frames are switched; only what leaves the overlay is masqueraded'),
  'native-ports': promised('each container serves on its own address of the overlay'),
  'path-mtu': promised("50 bytes off the wire's MTU (VXLAN_HEADROOM, include/net/vxlan.h), 70 over IPv6"),
  throughput: promised(`${source}: performance "not a huge turn-off": the kernel wraps and unwraps the frames`),
  egress: promised('the host forwards, and masquerades what leaves the overlay by the LAN'),
  'crosses-routers': promised("VXLAN is UDP between the hosts' own addresses, and routers forward that"),
  'broadcast-domain': promised('what is for all is sent to every other host'),
  'loop-free': promised(
    'a VXLAN device gives nothing back to other tunnels, so however many hosts there are, no loop is',
  ),
  encrypted: absent('VXLAN wraps frames and does not hide them'),
  isolation: promised('each group of containers has a VXLAN network of its own, and hosts forward between none'),
  'dual-stack': promised('the segment carries any family'),
  names: silent('the source finds overlays "discoverable", and leaves that to those who use the key-value store'),
  'service-discovery': silent('no agent is part of it; a scenario may add one'),
  'lease-hygiene': absent("addresses come from the host's slice without leases"),
  ...independentHosts(
    'frames go straight from host to host; none forwards for others',
    "the list of hosts, or the membership of the group, is in the host's own configuration; with a store its agent asks again",
  ),
  'address-capacity': promised('253 containers in a /24 of the overlay; the next is refused'),
  'infrastructure-free': absent("the kernel's VXLAN is needed, and UDP port 4789 between the hosts"),
};

const notRouted = absent('routers forward no multicast unless somebody configures them for it (RFC 7761)');

export function adjustedPromises(cluster: Cluster, forwarding: Forwarding): Partial<Declarations> {
  const isMulticast = forwarding === 'multicast';
  return {
    ...(isMulticast ? { 'crosses-routers': notRouted } : {}),
    ...(isMulticast && isRouted(cluster) ? lostBetweenRouters(cluster) : {}),
    ...behindNat(cluster),
    ...withoutIpv6(cluster),
  };
}

/** VTEPs send to port 4789 from any port (RFC 7348, section 5), so no answer belongs to what a NAT router let out. */
function behindNat(cluster: Cluster): Partial<Declarations> {
  const { nat } = cluster.underlay;
  if (nat.length === 0) return {};
  const gone = absent(
    `${nat.join(', ')} behind NAT: VXLAN goes to one port, and a router with NAT lets nobody in there unasked`,
  );
  const same = Object.keys(lostBetweenRouters(cluster)).map((name) => [name, gone] as const);
  return { ...(Object.fromEntries(same) as Partial<Declarations>), 'crosses-routers': gone };
}
