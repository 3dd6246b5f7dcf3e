/**
 * bridge-l2: one flat layer-2 network of bridges, as in "Poor Men's Cluster-Unique IPs for Docker Clusters" (2015).
 *
 *     h1 10.1.0.1                            h2 10.1.0.2
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 10.1.1.2  c 10.1.1.3   │           │ c 10.1.2.2  c 10.1.2.3   │   all with prefix length 16
 *     │    └────┬──────┘         │           │    └────┬──────┘         │
 *     │        br0 ── eth1       │── wire ───│        br0 ── eth1       │
 *     └─ eth0 (masqueraded) ─────┘           └─ eth0 (masqueraded) ─────┘
 *
 * ## When to choose it
 *
 * Hosts share one layer-2 network, and containers should be plain machines of it: the fewest moving parts, full MTU,
 * any protocol, broadcasts included.
 *
 * ## Its limit
 *
 * One segment: nothing crosses a router, every broadcast reaches everybody, and switches learn a MAC address per
 * container. Clouds that filter unknown MAC addresses drop the frames.
 *
 * ## What goes wrong
 *
 * Slices that overlap (two containers with one address); a host's interface that is no port of br0; `FORWARD` set to
 * DROP by Docker while br_netfilter sends bridged packets through iptables; a second cable without a spanning tree.
 */

import { z } from 'zod';
import { emptyNode, type NodeState } from '#lab/state.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations, promised, silent } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { addressingParameters, checkAddressing, chosenAddressing } from './addressing-parameters.js';
import type { Design, EgressExpectation, Requirement, Strategy } from './contract.js';
import {
  attachToBridge,
  bridging,
  checkForwardDelay,
  hostBridge,
  hostOf,
  redundancy,
  spanningTreeParameters,
  withForwardDelay,
} from './flat-bridge.js';
import { isRouted, lostBetweenRouters, noRouters, withoutIpv6 } from './layer-2.js';
import { independentHosts } from './survival.js';
import { surroundings } from './surroundings.js';
import { containerMtuBytes, predictPlain } from './overhead.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    ...addressingParameters,
    ...spanningTreeParameters,
    masquerade: z
      .enum(['egress', 'always', 'off'])
      .default('egress')
      .describe('egress: what leaves the cluster; always: whatever containers send, which breaks no-nat; off: nothing'),
  })
  .check(checkAddressing)
  .check(checkForwardDelay)
  .transform(withForwardDelay);

type Parameters = z.output<typeof parameters>;

const recipe = 'poor-mens-cluster-ips';
/** What the sources say, and what netlab adds to them. */
const promises: Declarations = {
  'unique-address': promised(
    `${recipe}: each host assigns from its own slice (--fixed-cidr, no overlaps); the MAC is made of the address`,
  ),
  'container-to-container': promised(`${recipe}: "routable (switchable)": all bridges and the wire are one segment`),
  'host-to-container': promised(`${recipe}: the host's address sits on br0, where the containers are`),
  'container-to-host': promised(`${recipe}: the host's address sits on br0, where the containers are`),
  'lan-reachable': promised(`${recipe}: eth1 is a port of br0, so machines of that network share the segment`),
  'no-nat': promised('inside the cluster frames are switched, never routed; only what leaves it is masqueraded'),
  'native-ports': promised(`${recipe}: no port management, each container serves on its own address`),
  'path-mtu': promised(`${recipe}: no overlay, so nothing is taken off the wire's MTU (eth0 shows mtu 1500)`),
  throughput: promised(`${recipe}: HTTP is served across hosts; without an overlay frames cross the wire as they are`),
  egress: promised(
    `${recipe}: the host forwards (ip_forward 1), and Docker, which runs there, masquerades what does not leave by br0`,
  ),
  'crosses-routers': noRouters,
  'broadcast-domain': promised('cluster-networking-talk: eth1 on the wire makes "a cluster layer 2 net"'),
  'loop-free': promised(
    `${recipe}: STP is off, so it holds because one cable per host to one switch is a tree; more cables need stp: true`,
  ),
  encrypted: absent('frames cross the wire as the containers send them'),
  isolation: absent('all containers share one segment and one network'),
  'dual-stack': promised(
    'added by netlab: the sources assign IPv4 only (eth0 has nothing but fe80::); one flat /64, the host is the gateway',
  ),
  names: silent('the sources name no containers'),
  'service-discovery': silent('no agent is part of the recipe; a scenario may add one'),
  'lease-hygiene': absent(`${recipe}: "without any DHCP"`),
  ...independentHosts(
    'each host has its own cable to the switch, and none forwards for others',
    "a bridge, its ports and addresses from the host's own slice: interfaces(5) has all of it",
  ),
  'address-capacity': promised(`${recipe}: --fixed-cidr=10.1.x.0/24, 253 containers per host; the next is refused`),
  'infrastructure-free': promised(`${recipe}: "without any DHCP or other complicated infrastructure", no overlay`),
};

export const bridgeL2: Strategy<Parameters> = {
  name: 'bridge-l2',
  title: 'One flat layer-2 network of bridges',
  summary:
    "Each host has a bridge br0 with its LAN interface eth1 inside, and gives its containers addresses from its own slice of the cluster's network. " +
    'Containers, hosts and the LAN share one segment: no overlay, no daemon, no NAT inside the cluster.',
  source: {
    text: "Stefan Schimanski: Poor Men's Cluster-Unique IPs for Docker Clusters (2015)",
    url: 'http://sttts.github.io/docker/network/2015/01/31/poor-mens-cluster-container-ips.html',
  },
  parameters,
  promises,
  addressing: (chosen) => chosenAddressing(chosen),
  design,
};

function design(scenario: Scenario, chosen: Parameters): Design {
  const cluster = resolveCluster(scenario, chosenAddressing(chosen));
  const mtu = predictPlain(cluster, 'a bridge encapsulates nothing');
  const nat = chosen.masquerade !== 'off';
  const more = redundancy(cluster, chosen);
  return {
    cluster,
    mtu,
    egress: egress(cluster, chosen),
    infrastructure: { daemons: [], listeners: [], kernelFeatures: [], forEgress: nat ? ['nftables nat'] : [] },
    requirements: nat ? [...bridging, ...masquerading] : bridging,
    ...more,
    promises: { ...adjustedPromises(cluster, chosen), ...more.promises },
    fabric: () => [...surroundings(cluster), ...cluster.hosts.map((host) => hostNode(cluster, host, chosen))],
    attach: (container, mtuBytes) => {
      const gateway = underlay.defaultRoutes('eth0', hostOf(cluster, container));
      return attachToBridge(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container), gateway);
    },
  };
}

const masquerading: readonly Requirement[] = [
  { kind: 'nftables', name: 'masquerade', why: 'egress: the hosts masquerade what leaves the cluster' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the masquerading rules' },
];

function adjustedPromises(cluster: Cluster, chosen: Parameters): Partial<Declarations> {
  const { nat, why } = egress(cluster, chosen);
  return { ...lostBetweenRouters(cluster), ...withoutIpv6(cluster), ...(nat ? {} : { egress: absent(why) }) };
}

function egress(cluster: Cluster, { masquerade }: Parameters): EgressExpectation {
  const why = {
    off: 'the router knows no way back into the cluster',
    egress: isRouted(cluster)
      ? 'what leaves by br0 is not masqueraded, and the routers know no way back'
      : 'the host masquerades on eth0, so world sees the host',
    always: 'the host masquerades, so world sees the host',
  };
  const nat = masquerade === 'always' || (masquerade === 'egress' && !isRouted(cluster));
  return { gateway: 'host', nat, why: why[masquerade] };
}

function hostNode(cluster: Cluster, host: Host, { masquerade, ...chosen }: Parameters): NodeState {
  const uplink = underlay.uplinkOf(cluster, host, 'br0');
  return {
    ...emptyNode(host.name, 'host'),
    links: [...hostBridge(cluster, host, chosen), ...uplink.links],
    routes: uplink.routes,
    sysctls: underlay.forwardingSysctls(cluster),
    nftables: rulesetFor(cluster, masquerade),
  };
}

/** As Docker writes it, `-s NETWORK ! -o br0 -j MASQUERADE`; `always` leaves the bridge out of it. */
function rulesetFor(cluster: Cluster, masquerade: Parameters['masquerade']): string {
  if (masquerade === 'off') return '';
  return underlay.masquerade(cluster.network, masquerade === 'egress' ? ' oifname != "br0"' : '');
}
