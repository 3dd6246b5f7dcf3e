/**
 * bridge-l2: one flat layer-2 network of bridges, as in "Poor Men's Cluster-Unique IPs for Docker Clusters" (2015).
 *
 *     h1 10.1.0.1                            h2 10.1.0.2
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 10.1.1.2  c 10.1.1.3   │           │ c 10.1.2.2  c 10.1.2.3   │   all with prefix length 16
 *     │    └────┬──────┘         │           │    └────┬──────┘         │
 *     │        br0 ── eth1       │── wire ───│        br0 ── eth1       │
 *     └─ eth0 (masqueraded) ─────┘           └─ eth0 (masqueraded) ─────┘
 */
import { LabError } from '#lab/errors.js';
import { type BridgeLink, emptyNode, type NodeState, type VethLink } from '#lab/state.js';
import { z } from 'zod';
import { macFromIpv4 } from '../address/mac.js';
import { addressingFor } from '../cluster/addressing.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import type { Declarations } from '../promise/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Attachment, Design, EgressExpectation, Requirement, Strategy } from './contract.js';
import { interfaceName } from './interface-name.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    network: z
      .string()
      .default('10.1.0.0/16')
      .describe('IPv4 prefix of the whole cluster: hosts, containers, outsiders'),
    ipv6Network: z
      .string()
      .optional()
      .describe('IPv6 prefix of the whole cluster, one flat subnet; a unique local one made of `network` when absent'),
    slicePrefixLength: z.int().min(8).max(30).default(24).describe("prefix length of each host's IPv4 slice"),
    stp: z.boolean().default(false).describe('spanning tree on the hosts’ bridges (bridge_stp)'),
    forwardDelaySeconds: z
      .int()
      .min(0)
      .max(30)
      .optional()
      .describe('STP forward delay (bridge_fd) in seconds; 0 without STP, 2 to 30 with it'),
    masquerade: z
      .enum(['egress', 'always', 'off'])
      .default('egress')
      .describe(
        'egress: only what leaves the cluster; always: whatever the containers send, which breaks no-nat; off: nothing',
      ),
  })
  // The kernel refuses a shorter delay while STP runs (BR_MIN_FORWARD_DELAY, net/bridge/br_private.h).
  .refine(({ stp, forwardDelaySeconds }) => !stp || forwardDelaySeconds === undefined || forwardDelaySeconds >= 2, {
    path: ['forwardDelaySeconds'],
    error: 'with STP the forward delay is 2 to 30 seconds',
  })
  .transform((given) => ({ ...given, forwardDelaySeconds: given.forwardDelaySeconds ?? (given.stp ? 2 : 0) }));

type Parameters = z.output<typeof parameters>;

const recipe = 'poor-mens-cluster-ips';
const promises: Declarations = {
  'unique-address': {
    declared: 'promised',
    why: `${recipe}: each host assigns from a slice of its own (--fixed-cidr, no overlaps); the MAC is made of the address`,
  },
  'container-to-container': {
    declared: 'promised',
    why: `${recipe}: addresses are "routable (switchable)" in the private network; all bridges and the wire are one segment`,
  },
  'host-to-container': {
    declared: 'promised',
    why: `${recipe}: the host's own address sits on br0, where the containers are`,
  },
  'container-to-host': {
    declared: 'promised',
    why: `${recipe}: the host's own address sits on br0, where the containers are`,
  },
  'lan-reachable': {
    declared: 'promised',
    why: `${recipe}: eth1 is a port of br0, so a machine on that network with an address in the range shares the segment`,
  },
  'no-nat': {
    declared: 'promised',
    why: 'frames inside the cluster are switched, never routed; masquerading is limited to what leaves it',
  },
  'native-ports': {
    declared: 'promised',
    why: `${recipe}: no port management, each container serves on its own address`,
  },
  'path-mtu': {
    declared: 'promised',
    why: `${recipe}: no overlay, so nothing is taken off the wire's MTU (eth0 shows mtu 1500)`,
  },
  throughput: {
    declared: 'promised',
    why: `${recipe}: HTTP is served across hosts; no overlay, so frames cross the wire as they are`,
  },
  egress: {
    declared: 'promised',
    why: `${recipe}: the host forwards (ip_forward 1); Docker, which the recipe runs on, masquerades what does not leave by the bridge`,
  },
  'broadcast-domain': {
    declared: 'promised',
    why: 'cluster-networking-talk: "connected via eth1 to the wire forming a cluster layer 2 net"',
  },
  'loop-free': {
    declared: 'promised',
    why: `${recipe}: STP is off, so it holds because one cable per host to one switch is a tree; a second cable needs stp: true`,
  },
  'dual-stack': {
    declared: 'promised',
    why: 'netlab adds it: the sources assign IPv4 only (eth0 shows nothing but fe80::); here one flat /64 with the host as gateway',
  },
  'address-capacity': {
    declared: 'promised',
    why: `${recipe}: --fixed-cidr=10.1.x.0/24, 253 containers per host; Docker refuses the next`,
  },
  'infrastructure-free': {
    declared: 'promised',
    why: `${recipe}: "without any DHCP or other complicated infrastructure, without an overlay network"`,
  },
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
  design,
};

function design(scenario: Scenario, chosen: Parameters): Design {
  const { network, slicePrefixLength, ipv6Network } = chosen;
  const own = ipv6Network === undefined ? {} : { ipv6Network };
  const cluster = resolveCluster(scenario, addressingFor({ network, slicePrefixLength, ...own }));
  const wireBytes = cluster.underlay.mtuBytes;
  const adjusted = adjustedPromises(cluster, chosen);
  return {
    cluster,
    mtu: { bytes: wireBytes, wireBytes, why: `${wireBytes} - 0: a bridge encapsulates nothing` },
    egress: egress(chosen),
    infrastructure: { daemons: [], listeners: [], kernelFeatures: chosen.masquerade === 'off' ? [] : ['nftables nat'] },
    requirements: chosen.masquerade === 'off' ? bridging : [...bridging, ...masquerading],
    promises: adjusted,
    fabric: () => [...underlay.underlayNodes(cluster), ...cluster.hosts.map((host) => hostNode(cluster, host, chosen))],
    attach: (container, mtuBytes) => attach(cluster, container, mtuBytes ?? container.mtuBytes ?? wireBytes),
  };
}

const bridging: readonly Requirement[] = [
  { kind: 'link', name: 'veth', why: 'cables between nodes' },
  { kind: 'link', name: 'bridge', why: 'br0 on each host' },
];

const masquerading: readonly Requirement[] = [
  { kind: 'nftables', name: 'masquerade', why: 'egress: the hosts masquerade what leaves the cluster' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the masquerading rules' },
];

function adjustedPromises(cluster: Cluster, chosen: Parameters): Partial<Declarations> {
  const noIpv6 = { 'dual-stack': { declared: 'absent', why: 'the scenario switches IPv6 off' } } as const;
  const noEgress = { egress: { declared: 'absent', why: egress(chosen).why } } as const;
  return { ...(cluster.network.ipv6 === undefined ? noIpv6 : {}), ...(chosen.masquerade === 'off' ? noEgress : {}) };
}

function egress({ masquerade }: Parameters): EgressExpectation {
  if (masquerade === 'off')
    return {
      gateway: 'host',
      nat: false,
      why: 'nothing is masqueraded, and the router knows no way back into the cluster',
    };
  return {
    gateway: 'host',
    nat: true,
    why: 'the host is the default gateway and masquerades on eth0; world sees the host',
  };
}

function hostNode(cluster: Cluster, host: Host, { stp, forwardDelaySeconds, masquerade }: Parameters): NodeState {
  const bridge: BridgeLink = {
    kind: 'bridge',
    name: 'br0',
    mtuBytes: cluster.underlay.mtuBytes,
    // Left alone, a bridge takes the lowest MAC of its ports, and so changes its own whenever a container comes or goes.
    mac: macFromIpv4(host.ipv4),
    stp,
    forwardDelaySeconds,
    addresses: underlay.inNetwork(cluster.network, host),
  };
  const cables = [underlay.lanLink(cluster, host), ...underlay.extraLinks(cluster, host)];
  return {
    ...emptyNode(host.name, 'host'),
    links: [bridge, ...cables.map((cable) => ({ ...cable, master: 'br0' })), underlay.uplinkLink(cluster, host)],
    routes: underlay.uplinkRoutes(cluster),
    sysctls: underlay.forwardingSysctls(cluster),
    nftables: masquerade === 'off' ? '' : masqueradeRuleset(cluster, masquerade),
  };
}

/** As Docker writes it, `-s NETWORK ! -o br0 -j MASQUERADE`; `always` leaves the bridge out of it. */
function masqueradeRuleset(cluster: Cluster, masquerade: 'egress' | 'always'): string {
  const leaving = masquerade === 'egress' ? ' oifname != "br0"' : '';
  const table = (family: 'ip' | 'ip6', network: string) =>
    `table ${family} netlab {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ${family} saddr ${network}${leaving} masquerade
  }
}
`;
  return (
    table('ip', cluster.network.ipv4) + (cluster.network.ipv6 === undefined ? '' : table('ip6', cluster.network.ipv6))
  );
}

function attach(cluster: Cluster, container: Container, mtuBytes: number): Attachment {
  const host = cluster.hosts.find(({ name }) => name === container.host);
  if (host === undefined)
    throw new LabError(`container ${container.name} is on ${container.host}, which is no host of the cluster`);
  const port = interfaceName('veth-', container.name);
  const eth0: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes,
    mac: container.mac,
    addresses: underlay.inNetwork(cluster.network, container),
    peer: { node: host.name, link: port },
  };
  const hostEnd: VethLink = {
    kind: 'veth',
    name: port,
    mtuBytes: Math.max(mtuBytes, cluster.underlay.mtuBytes),
    master: 'br0',
    addresses: [],
    peer: { node: container.name, link: 'eth0' },
  };
  const routes = underlay.defaultRoutes('eth0', host);
  return {
    container: { ...emptyNode(container.name, 'container', host.name), links: [eth0], routes },
    host: { links: [hostEnd] },
  };
}
