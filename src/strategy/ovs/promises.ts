/** What the recipe says of each promise, and what netlab adds to it. */
import type { Cluster } from '../../cluster/cluster.js';
import { absent, type Declarations, promised, silent } from '../../declaration/promise.js';
import { lostBetweenRouters, withoutIpv6 } from '../layer-2.js';

const recipe = 'ovs-gre-mesh';

export const promises: Declarations = {
  'unique-address': promised(
    `${recipe}: each host assigns from its own part of the network (--fixed-cidr), "without overlap"`,
  ),
  'container-to-container': promised(
    `${recipe}: "Docker services able to spawn containers ... that can connect to one another"`,
  ),
  'host-to-container': promised(`${recipe}: each host has an address of its own on docker0, where the containers are`),
  'container-to-host': promised(`${recipe}: each host has an address of its own on docker0, where the containers are`),
  'lan-reachable': absent(
    "the containers' segment ends at the tunnels: a machine of the LAN has no route to 172.17.0.0/16",
  ),
  'no-nat': promised('between hosts and containers frames are switched; only what leaves the cluster is masqueraded'),
  'native-ports': promised(
    `${recipe}: "without having to expose all the ports on the public/private interfaces", each container on its own address`,
  ),
  'path-mtu': promised(`${recipe}: 38 bytes off the wire's MTU for Ethernet, IPv4 and GRE: "hence 1462"`),
  throughput: promised(`${recipe}: the MTU is set so that iperf and large files get through, not only ping`),
  egress: promised('Docker, which runs on the host, masquerades what does not leave by docker0'),
  'crosses-routers': promised(
    `${recipe}: the hosts "can ping each other ..., they can be public or private, it doesn't matter"`,
  ),
  'broadcast-domain': promised(`${recipe}: "a unified bridge": frames are switched from docker0 to docker0`),
  'loop-free': promised(`${recipe}: "stp_enable=true ... will ensure that some of the gre tunnels are muted"`),
  encrypted: absent('GRE wraps frames and does not hide them'),
  isolation: promised('each group of containers has bridges and tunnels of its own, told apart by their key'),
  'dual-stack': promised('added by netlab: the source assigns IPv4 only; the segment carries any family'),
  names: silent('the source names no containers'),
  'service-discovery': silent('no agent is part of the recipe; a scenario may add one'),
  'lease-hygiene': absent(`${recipe}: Docker assigns addresses from --fixed-cidr; there is no lease`),
  'survives-link-loss': promised(
    `${recipe}: "stp_enable=true ... some of the gre tunnels are muted", and opened when another one is lost`,
  ),
  'survives-host-loss': promised(`${recipe}: with the box in the middle gone, the third is reached by another tunnel`),
  'survives-reboot': promised(
    `${recipe}: "auto br0" and "ovs_extra" in /etc/network/interfaces make it all again at boot`,
  ),
  'address-capacity': promised(`${recipe}: a /18 for each of three hosts; equal parts of the network for more`),
  'infrastructure-free': absent(`${recipe}: Open vSwitch has to run on each host`),
};

/** What a mesh and a spanning tree can do about losses. */
export function survival(
  hosts: number,
  { mesh, stp }: { readonly mesh: string; readonly stp: string },
): Partial<Declarations> {
  const star = absent('mesh: star: all tunnels end at the first host, and there is no other way');
  const loop = absent('stp: off: of two ways both would be open, which is a loop');
  if (mesh === 'star') return { 'survives-link-loss': star, 'survives-host-loss': hosts < 3 ? loneHosts : star };
  if (hosts < 3) return { 'survives-link-loss': absent('two hosts have one tunnel between them') };
  return stp === 'off' ? { 'survives-link-loss': loop, 'survives-host-loss': loop } : {};
}

const loneHosts = promised('of two hosts the other one goes on');

export function adjustedPromises(cluster: Cluster): Partial<Declarations> {
  const behindNat = cluster.underlay.nat;
  if (behindNat.length === 0) return withoutIpv6(cluster);
  const gone = absent(`${behindNat.join(', ')} behind NAT: nobody can open a tunnel to a host there`);
  const same = Object.keys(lostBetweenRouters(cluster)).map((name) => [name, gone] as const);
  return { ...withoutIpv6(cluster), ...(Object.fromEntries(same) as Partial<Declarations>), 'crosses-routers': gone };
}
