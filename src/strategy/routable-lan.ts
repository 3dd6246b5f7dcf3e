/**
 * routable-lan: containers as machines of the LAN, as in "Home Cluster (Part III): Docker Networking" (2016).
 *
 *     h1 192.168.0.51                        h2 192.168.0.52
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 192.168.51.1  c .51.2  │           │ c 192.168.52.1  c .52.2  │   all with prefix length 16
 *     │    └────┬─────────┘      │           │    └────┬─────────┘      │
 *     │        br0 ── eth1       │─── LAN ───│        br0 ── eth1       │
 *     └──────────────────────────┘     │     └──────────────────────────┘
 *                                r1 192.168.0.1 ── world
 *
 * ## When to choose it
 *
 * Containers should be on the home or office LAN itself, reachable from every machine there, with the LAN's own router
 * as their gateway.
 *
 * ## Its limit
 *
 * It takes addresses of the LAN: its DHCP server must leave the slices out. One segment, as with bridge-l2. Wi-Fi
 * interfaces cannot be bridge ports.
 *
 * ## What goes wrong
 *
 * A pool that overlaps with the DHCP server's range; the host as gateway instead of the router; masquerading that is
 * left on and hides the containers' addresses.
 */
import { z } from 'zod';
import { emptyNode, type NodeState } from '#lab/state.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations, promised, silent } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { checkAddressing } from './addressing-parameters.js';
import type { Design, Strategy } from './contract.js';
import {
  attachToBridge,
  bridging,
  checkForwardDelay,
  hostBridge,
  redundancy,
  spanningTreeParameters,
  withForwardDelay,
} from './flat-bridge.js';
import * as lan from './lan-slices.js';
import { noRouters } from './layer-2.js';
import { independentHosts } from './survival.js';
import { containerMtuBytes, predictPlain } from './overhead.js';
import { uplinkOf } from './underlay.js';

const parameters = z
  .strictObject({ ...lan.lanParameters, ...spanningTreeParameters })
  .check(checkAddressing)
  .check(checkForwardDelay)
  .transform(withForwardDelay);

type Parameters = z.output<typeof parameters>;

const source = 'home-cluster-routable-ips';
const promises: Declarations = {
  'unique-address': promised(
    `${source}: each host has "a fixed pool" of its own (--fixed-cidr, /24) in the LAN's /16; the MAC is made of the address`,
  ),
  'container-to-container': promised(`${source}: "it allows any machine or container, to reach any container"`),
  'host-to-container': promised(`${source}: br0 has the host's own address, and the containers are on it`),
  'container-to-host': promised(`${source}: br0 has the host's own address, and the containers are on it`),
  'lan-reachable': promised(`${source}: "Containers ... look and act like any other host on the network"`),
  'no-nat': promised(`${source}: --ip-masq=false, --ip-forward=false: no "inside/outside routing layers"`),
  'native-ports': promised(`${source}: "you'll never have a port mapping conflict"`),
  'path-mtu': promised(`${source}: a bridge on the LAN takes nothing off the wire's MTU (eth0 shows MTU:1500)`),
  throughput: promised(`${source}: "doesn't add any significant overhead"`),
  egress: promised(
    `${source}: "give containers the correct gateway (not host ip)": the LAN's router; without NAT unless routerNat says so`,
  ),
  'crosses-routers': noRouters,
  'broadcast-domain': promised(
    `${source}: the LAN's interface is a port of br0, so containers share the LAN's segment`,
  ),
  'loop-free': promised(
    `${source}: bridge_stp off, so it holds because one cable per host to one switch is a tree; more cables need stp: true`,
  ),
  encrypted: absent('frames cross the LAN as the containers send them'),
  isolation: absent('all containers are machines of one LAN, and so is everybody else there'),
  'dual-stack': promised(
    "added by netlab: the source's eth0 has nothing but fe80::; one flat /64, the router is in it",
  ),
  names: silent('the source names no containers'),
  'service-discovery': silent('the source likes Consul, and this set-up needs none; a scenario may add it'),
  'lease-hygiene': absent(
    `${source}: Docker assigns from a fixed pool; the LAN's DHCP server must leave the pools out`,
  ),
  ...independentHosts(
    'each host has its own cable to the switch, and none forwards for others',
    "a bridge, its ports and addresses from the host's own pool: all of it is in its configuration",
  ),
  'address-capacity': promised(`${source}: "256 per host (/24)", 254 of them for containers; the next is refused`),
  'infrastructure-free': promised(`${source}: a bridge and the LAN's own router, no key-value store, no overlay`),
};

export const routableLan: Strategy<Parameters> = {
  name: 'routable-lan',
  title: 'Containers as machines of the LAN',
  summary:
    "Each host's bridge br0 takes over the host's LAN address and default route, with the LAN interface eth1 inside. " +
    "Containers have addresses of the LAN's own subnet, from a slice per host, and the LAN's router as their gateway. Hosts neither forward nor masquerade.",
  source: { text: 'Jeff Minard: Home Cluster (Part III): Docker Networking (2016)' },
  parameters,
  promises,
  addressing: lan.lanScheme,
  design,
};

function design(scenario: Scenario, chosen: Parameters): Design {
  const scheme = lan.lanScheme(chosen);
  const cluster = resolveCluster(scenario, scheme);
  const mtu = predictPlain(cluster, 'a bridge encapsulates nothing');
  const nat = lan.hasRouterNat(cluster, chosen);
  const gateway = lan.lanGateway(cluster, scheme);
  const more = redundancy(cluster, chosen);
  return {
    cluster,
    mtu,
    egress: lan.lanEgress(nat),
    infrastructure: { daemons: [], listeners: [], kernelFeatures: [] },
    requirements: nat ? [...bridging, ...lan.routerMasquerading] : bridging,
    ...more,
    promises: { ...lan.lanPromises(cluster), ...more.promises },
    fabric: () => [
      ...lan.lanSurroundings(cluster, nat),
      ...cluster.hosts.map((host) => hostNode(cluster, host, chosen)),
    ],
    attach: (container, mtuBytes) =>
      attachToBridge(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container), gateway),
  };
}

/** `ifup br0` and `ifconfig enp1s0 0.0.0.0`, then `route add default gw ... br0`. */
function hostNode(cluster: Cluster, host: Host, chosen: Parameters): NodeState {
  const { routes } = uplinkOf(cluster, host, 'br0');
  return { ...emptyNode(host.name, 'host'), links: hostBridge(cluster, host, chosen), routes };
}
