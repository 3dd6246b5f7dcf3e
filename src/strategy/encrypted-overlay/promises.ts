import { absent, type Declarations, promised, silent } from '../../declaration/promise.js';
import { independentHosts } from '../survival.js';

const recipe = 'cluster-networking-talk';

/** What part 2 of the talk says, and what netlab adds to it. */
export const promises: Declarations = {
  'unique-address': promised(
    `${recipe}: "IP management for free from the Docker daemon": --fixed-cidr=10.2.x.0/24 on host x`,
  ),
  'container-to-container': promised(
    `${recipe}: "All containers and hosts can see each other via the weave network"; tinc learns of hosts from those it knows`,
  ),
  'host-to-container': promised(`${recipe}: weave expose gives each host an address on the overlay`),
  'container-to-host': promised(`${recipe}: weave expose gives each host an address on the overlay`),
  'lan-reachable': absent(`${recipe}: "those ports are not exposed outside of the weave network"`),
  'no-nat': promised('the overlay is switched; only what leaves it is masqueraded'),
  'native-ports': promised(`${recipe}: "use native ports and container IPs"`),
  'path-mtu': promised("the containers' MTU is the wire's less what the tunnel adds"),
  throughput: promised(`${recipe}: HTTP is served over the overlay; every packet is encrypted in a user's process`),
  egress: promised(`${recipe}: the containers' gateway is their host, where Docker masquerades what leaves`),
  'crosses-routers': promised(`${recipe}: "switchable over datacenter borders or between local datacenter and cloud"`),
  'broadcast-domain': promised(`${recipe}: "Router / Switch functionality": one Ethernet for all hosts`),
  'loop-free': promised('each host has one way into the overlay, which sends nothing back to where it came from'),
  encrypted: promised(`${recipe}: "with securely encrypted internet traffic"`),
  isolation: promised(
    'each group of containers has an overlay and a bridge of its own, and hosts forward between none',
  ),
  'dual-stack': promised(
    'added by netlab: the sources assign IPv4 only; one flat /64 on the overlay, the host is the gateway',
  ),
  names: silent('the source names no containers in part 2'),
  'service-discovery': silent('the source uses an agent of its own for that; a scenario may add one'),
  'lease-hygiene': absent(`${recipe}: "without any DHCP"`),
  ...independentHosts(
    'hosts that know of each other speak to each other straight, whoever introduced them',
    'keys and known hosts are on its disk, and it calls them again',
  ),
  'address-capacity': promised(`${recipe}: --fixed-cidr=10.2.x.0/24, 253 containers per host; the next is refused`),
  'infrastructure-free': absent('a tunnel daemon runs and listens on each host'),
};
