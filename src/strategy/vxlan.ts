/**
 * vxlan: one layer-2 overlay of the kernel's VXLAN devices, the "overlay networks" of "Home Cluster (Part III)" (2016).
 *
 *     h1 172.16.0.1                          h2 172.16.0.2
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 10.3.1.2  c 10.3.1.3   │           │ c 10.3.2.2  c 10.3.2.3   │   all with prefix length 16
 *     │    └────┬──────┘         │           │    └────┬──────┘         │
 *     │   br0 10.3.0.1 ── vxlan0 ╪═══════════╪ vxlan0 ── 10.3.0.2 br0   │   frames in UDP, port 4789
 *     └──────── (masqueraded) eth1 ── LAN ── eth1 (masqueraded) ────────┘
 *                                      └── r1 ── world
 *
 * ## When to choose it
 *
 * Hosts reach each other by IP only, and containers should share one segment over that: routers between the hosts are
 * fine.
 *
 * ## Its limit
 *
 * 50 bytes of MTU (70 over IPv6), one more copy of each broadcast per host, and no way in from machines outside. Not
 * encrypted.
 *
 * ## What goes wrong
 *
 * Containers that keep MTU 1500; UDP port 4789 filtered between some hosts; a forwarding entry that is missing on one
 * host; multicast that the underlay does not carry.
 */
import { z } from 'zod';
import { type BridgeLink, emptyNode, type NodeState } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import { type Addressing, schemeOfGroup, separateLan } from '../cluster/addressing.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { fittingIpv6 } from '../cluster/inner-ipv6.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { addressingParametersWith, checkAddressing, chosenAddressing } from './addressing-parameters.js';
import type { Attachment, Design, Group, Infrastructure, MtuPrediction, Requirement, Strategy } from './contract.js';
import { attachToBridge, bridging, hostOf } from './flat-bridge.js';
import { keptApart } from './group-network.js';
import { carriedBytes, containerMtuBytes, predictMtu } from './overhead.js';
import { surroundings } from './surroundings.js';
import * as underlay from './underlay.js';
import { forwardings, isStored, type Segment, segmentOf, staticEntries, vtep } from './vxlan/forwarding.js';
import {
  rebootOf,
  storeConvergence,
  storeInfrastructure,
  storeRequirements,
  storeServices,
} from './vxlan/key-value-store.js';
import { adjustedPromises, promises } from './vxlan/promises.js';

const parameters = z
  .strictObject({
    ...addressingParametersWith('10.3.0.0/16'),
    forwarding: z
      .enum(forwardings)
      .default('static')
      .describe(
        'how hosts know each other: static: a list on each; multicast: by a group on the LAN; kv: from etcd, by an agent on each host; consul: the same from Consul',
      ),
    vni: z
      .int()
      .min(0)
      .max(2 ** 24 - 1)
      .default(42)
      .describe('VXLAN network identifier'),
    leaseSeconds: z
      .int()
      .min(2)
      .max(3600)
      .default(10)
      .describe(
        'forwarding: kv or consul: what a lost host has put there lives on for so long; with Consul up to twice that',
      ),
    port: z.int().min(1).max(65_535).default(4789).describe("UDP port; 4789 is IANA's, 8472 was Linux' own"),
  })
  .check(checkAddressing)
  .refine(({ forwarding, leaseSeconds }) => forwarding !== 'consul' || leaseSeconds >= 10, {
    path: ['leaseSeconds'],
    error: "Consul's sessions live for 10 seconds at least",
  });

type Parameters = z.output<typeof parameters>;

export const vxlan: Strategy<Parameters> = {
  name: 'vxlan',
  title: "A layer-2 overlay of the kernel's VXLAN devices",
  summary:
    "Each host's bridge has a VXLAN device as a port, which sends frames in UDP to the host that has their destination. " +
    'Containers and hosts share one network that the LAN does not know. Forwarding tables come from static lists, from a multicast group or from a key-value store.',
  source: { text: 'Jeff Minard: Home Cluster (Part III): Docker Networking (2016), section Overlay Networks' },
  parameters,
  promises,
  addressing,
  design,
};

function addressing(chosen: Parameters): Addressing {
  return chosenAddressing(chosen, { lan: separateLan, uplinkBy: 'lan', groupNetworks: true });
}

function design(scenario: Scenario, chosen: Parameters, group?: Group): Design {
  const resolved = resolveCluster(scenario, schemeOfGroup(addressing(chosen), group?.index ?? 0));
  const segment = segmentOf(group?.index ?? 0);
  const mtu = predictMtu(resolved, { tunnel: 'vxlan' });
  const cluster = fittingIpv6(resolved, mtu.bytes);
  return {
    cluster,
    mtu,
    egress: {
      gateway: 'host',
      nat: true,
      why: 'the host masquerades what leaves the overlay by eth1, so world sees the host',
    },
    infrastructure: infrastructure(chosen),
    requirements: [...requirements, ...storeRequirements(chosen.forwarding)],
    ...(isStored(chosen.forwarding)
      ? { convergence: { ...storeConvergence(chosen.forwarding), apart: cluster.underlay.nat } }
      : {}),
    recovery: rebootOf(chosen.forwarding),
    promises: { ...adjustedPromises(cluster, chosen.forwarding), ...(cluster === resolved ? {} : tooSmall(mtu.why)) },
    fabric: () => [
      ...surroundings(cluster),
      ...cluster.hosts
        .map((host) => hostNode(cluster, host, carriedBytes(mtu, host.name), chosen, segment))
        .map((node) => keptApart(node, segment.bridge, group)),
    ],
    attach: (container, mtuBytes) => attach(cluster, container, segment, mtu, mtuBytes),
  };
}

const tooSmall = (arithmetic: string): Partial<Declarations> => ({
  'dual-stack': absent(`IPv6 needs an MTU of 1280 bytes (RFC 8200): ${arithmetic}`),
});

const requirements: readonly Requirement[] = [
  ...bridging,
  { kind: 'link', name: 'vxlan', why: 'the overlay between the hosts' },
  { kind: 'nftables', name: 'masquerade', why: 'egress: the hosts masquerade what leaves the overlay' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the masquerading rules' },
];

function infrastructure({ port, forwarding }: Parameters): Infrastructure {
  const { daemons, listeners } = storeInfrastructure(forwarding);
  return {
    daemons,
    listeners: [`udp/${port}`, ...listeners],
    kernelFeatures: ['vxlan'],
    forEgress: ['nftables nat'],
  };
}

function hostNode(cluster: Cluster, host: Host, mtuBytes: number, chosen: Parameters, segment: Segment): NodeState {
  const bridge: BridgeLink = {
    kind: 'bridge',
    name: segment.bridge,
    mtuBytes,
    // Left alone, a bridge takes the lowest MAC of its ports, and so changes its own whenever a container comes or goes.
    mac: macFromIpv4(host.ipv4),
    stp: false,
    forwardDelaySeconds: 0,
    addresses: underlay.inNetwork(cluster.network, host),
  };
  const eth1 = { ...underlay.lanLink(cluster, host), addresses: underlay.lanAddresses(cluster, host) };
  return {
    ...emptyNode(host.name, 'host'),
    links: [bridge, eth1, ...underlay.extraLinks(cluster, host), vtep(cluster, host, mtuBytes, chosen, segment)],
    routes: underlay.uplinkOf(cluster, host).routes,
    fdb: chosen.forwarding === 'static' ? staticEntries(cluster, host, segment) : [],
    sysctls: underlay.forwardingSysctls(cluster),
    nftables: underlay.masquerade(cluster.network, ' oifname "eth1"'),
    services: isStored(chosen.forwarding) ? storeServices(cluster, host, chosen, segment) : [],
  };
}

function attach(
  cluster: Cluster,
  container: Container,
  { bridge }: Segment,
  mtu: MtuPrediction,
  mtuBytes?: number,
): Attachment {
  const routes = underlay.defaultRoutes('eth0', hostOf(cluster, container));
  return attachToBridge(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container), routes, {
    name: bridge,
    mtuBytes: carriedBytes(mtu, container.host),
  });
}
