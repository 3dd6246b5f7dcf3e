/** What Docker's default promises, by what the sources say of it. */
import { absent, type Declarations, promised, silent } from '../../declaration/promise.js';
import { independentHosts } from '../survival.js';

const home = 'home-cluster-routable-ips';
/** What comes of it that the private network is the same on every host. */
const sameEverywhere =
  'every host hands out the same addresses of 172.17.0.0/16, which mean something on that host only';

export const promises: Declarations = {
  'unique-address': absent(sameEverywhere),
  'container-to-container': absent(`only on the same host: ${sameEverywhere}`),
  'host-to-container': absent(`only its own: ${sameEverywhere}`),
  'container-to-host': promised('the host masquerades what its containers send to the LAN'),
  'lan-reachable': absent(
    `${home}: "an unroutable (across hosts) 172... address"; only published ports of the hosts are reached`,
  ),
  'no-nat': absent('what leaves a host has the address of the host, and what comes in was sent to that'),
  'native-ports': absent(
    `${home}: "what if you have two web servers that both want a port 80 allocation? Well, only one of them can get it"`,
  ),
  'path-mtu': absent(
    `nothing is taken off the wire's MTU, but there is no path between containers of two hosts: ${sameEverywhere}`,
  ),
  throughput: absent(`there is no way between containers of two hosts but published ports: ${sameEverywhere}`),
  egress: promised('the host forwards and masquerades what leaves docker0'),
  'crosses-routers': absent(
    `containers of two hosts do not reach each other, whatever is between these: ${sameEverywhere}`,
  ),
  'broadcast-domain': absent('docker0 ends at its host'),
  'loop-free': promised('docker0 ends at its host, so no cable between hosts can close a loop'),
  encrypted: absent('what is sent to a published port crosses the wire as it is'),
  isolation: absent('all containers of a host share docker0'),
  'dual-stack': absent('by IPv6 as by IPv4: no container of another host is reached'),
  names: silent("Docker's default bridge gives containers no names"),
  'service-discovery': absent(
    `${home}: each container registers "host ip + mapped port": what is found is not the container's own address and port`,
  ),
  'lease-hygiene': absent('docker0 hands out addresses without leases'),
  ...independentHosts(
    'each host is on its own, behind its own NAT',
    'docker0 and the NAT rules are made again when Docker starts its containers',
  ),
  'address-capacity': absent(
    `65,533 addresses on each host, and none that means anything beyond it: ${sameEverywhere}`,
  ),
  'infrastructure-free': promised('a bridge and NAT rules: no daemon, no tunnel'),
};
