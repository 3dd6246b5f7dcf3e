/**
 * encrypted-overlay: one layer-2 network over datacenter borders, encrypted on the wire; "Cluster Networking with Docker" (2015), part 2.
 *
 *     h1 10.2.0.1                                          h2 10.2.0.2
 *     ┌──────────────────────────┐                         ┌──────────────────────────┐
 *     │ c 10.2.1.2  c 10.2.1.3   │                         │ c 10.2.2.2  c 10.2.2.3   │   all with prefix length 16
 *     │    └────┬──────┘         │                         │    └────┬──────┘         │
 *     │        br0 ── tinc0 ~~~~~│~~~~ encrypted, by UDP ~~│~~~~ tinc0 ── br0         │
 *     └─ eth1 (masqueraded) ─────┘── gw1 ── sw0 ── gw2 ────└─ eth1 (masqueraded) ─────┘
 *
 * ## When to choose it
 *
 * Hosts are in different datacenters or behind NAT, and what containers say must not be readable between them.
 *
 * ## Its limit
 *
 * Every packet is encrypted in a process or in the kernel: the slowest of the overlays here, with the smallest MTU. A
 * daemon per host. `engine: tinc` or `engine: wireguard`.
 *
 * ## What goes wrong
 *
 * A tunnel that falls back to clear text; a key that one host does not know; keepalives missing behind NAT; an MTU that
 * was guessed and not measured.
 */

import { z } from 'zod';
import { LabError } from '#lab/errors.js';
import { type BridgeLink, emptyNode, type NodeState } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import { overlaps, parseNetwork } from '../address/prefix.js';
import { schemeOfGroup, separateLan } from '../cluster/addressing.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { fittingIpv6 } from '../cluster/inner-ipv6.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { addressingParametersWith, checkAddressing, chosenAddressing } from './addressing-parameters.js';
import type { Attachment, Design, EgressExpectation, Group, Requirement, Strategy } from './contract.js';
import { bridgeOf, type Engine, isBehindNat, rebootOf } from './encrypted-overlay/engine.js';
import { promises } from './encrypted-overlay/promises.js';
import { tinc } from './encrypted-overlay/tinc.js';
import { attachToBoth, docker0, privateNetwork } from './encrypted-overlay/two-bridges.js';
import { decideImplementation, probesFor, wireguard } from './encrypted-overlay/wireguard.js';
import { tunnelNetwork } from './encrypted-overlay/wireguard-peers.js';
import { attachToBridge, bridging, hostOf } from './flat-bridge.js';
import { keptApart } from './group-network.js';
import { carriedBytes, containerMtuBytes } from './overhead.js';
import { surroundings } from './surroundings.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    ...addressingParametersWith('10.2.0.0/16'),
    engine: z
      .enum(['tinc', 'wireguard'])
      .default('tinc')
      .describe('what carries the overlay: tinc as a switch, or WireGuard with VXLAN on top'),
    bridge: z
      .enum(['overlay', 'own'])
      .default('overlay')
      .describe(
        "overlay: the overlay's bridge is the containers' bridge; own: they have docker0, too, and leave by it",
      ),
    implementation: z
      .enum(['auto', 'kernel', 'userspace'])
      .default('auto')
      .describe('wireguard: in the kernel, or as the program wireguard-go; auto: what this machine has'),
    cipher: z
      .enum(['aes-256-cbc', 'aes-128-cbc', 'none'])
      .default('aes-256-cbc')
      .describe('tinc: how packets are encrypted; none: not at all'),
    macBytes: z
      .int()
      .min(4)
      .max(32)
      .default(4)
      .describe("tinc: length in bytes of each packet's authentication code, a part of its SHA-256"),
    knownPeers: z
      .int()
      .min(1)
      .max(16)
      .default(2)
      .describe('tinc: how many of the hosts before it a host is told of; it learns of the others from them'),
  })
  .check(checkAddressing)
  .refine(({ network }) => !overlaps(network, tunnelNetwork), {
    path: ['network'],
    error: `${tunnelNetwork} is for the hosts' addresses in the tunnels`,
  })
  .refine(({ network, bridge }) => bridge === 'overlay' || parseNetwork(network).length >= 16, {
    path: ['network'],
    error: "with bridge: own it is not larger than a /16, as Docker's own 172.17.0.0/16 repeats it",
  });

type Parameters = z.output<typeof parameters>;

export const encryptedOverlay: Strategy<Parameters> = {
  name: 'encrypted-overlay',
  title: 'One encrypted layer-2 network over datacenter borders',
  summary:
    "The hosts are in different networks behind routers. A tunnel daemon on each makes one Ethernet of the hosts' bridges, encrypted on the wire. " +
    'Every host has an address on it and gives its containers addresses from its own slice.',
  source: {
    text: 'Stefan Schimanski: Cluster Networking with Docker (2015), part 2: Weave & Docker',
    url: 'http://sttts.github.io/docker/weave/mesos/2015/01/22/weave.html',
  },
  parameters,
  promises,
  adaptation: {
    probes: (chosen) => (chosen.engine === 'wireguard' ? probesFor(chosen) : []),
    decide: (chosen, available) => (chosen.engine === 'wireguard' ? decideImplementation(chosen, available) : []),
  },
  addressing,
  design,
};

/**
 * Hosts know each other by another network than that of the containers, and leave by it, too. Beside a docker0 that all
 * containers of a host share, no groups are kept apart.
 */
function addressing(chosen: Parameters) {
  return chosenAddressing(chosen, {
    lan: separateLan,
    uplinkBy: 'lan',
    groupNetworks: chosen.bridge === 'overlay',
  });
}

function design(scenario: Scenario, chosen: Parameters, group?: Group): Design {
  const index = group?.index ?? 0;
  const resolved = resolveCluster(scenario, schemeOfGroup(addressing(chosen), index));
  refuseHidden(resolved);
  const engine = chosen.engine === 'tinc' ? tinc(resolved, chosen, index) : wireguard(resolved, chosen, index);
  const bridge = bridgeOf(index);
  const { mtu, infrastructure, convergence, requirements } = engine;
  const cluster = fittingIpv6(resolved, mtu.bytes);
  return {
    cluster,
    mtu,
    infrastructure,
    convergence,
    recovery: { reboot: rebootOf(chosen.engine, convergence) },
    egress: egress(chosen),
    requirements: [...bridging, ...masquerading, ...requirements],
    promises: { ...engine.promises, ...adjustedPromises(scenario, cluster, engine, chosen) },
    fabric: () => [
      ...surroundings(cluster),
      ...cluster.hosts.map((host) => keptApart(hostNode(cluster, host, engine, chosen, bridge), bridge, group)),
    ],
    attach: (container, mtuBytes) =>
      attach(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container), chosen, bridge),
  };
}

/** @throws LabError when there are several hosts and nobody can be called by another one */
function refuseHidden(cluster: Cluster): void {
  const { hosts } = cluster;
  if (hosts.length < 2 || !hosts.every((host) => isBehindNat(cluster, host))) return;
  throw new LabError('every host is behind NAT, so no tunnel can be opened to any of them', {
    remedy: 'Leave one host out of cluster.underlay.nat.',
  });
}

const masquerading: readonly Requirement[] = [
  { kind: 'nftables', name: 'masquerade', why: 'egress: the hosts masquerade what leaves the overlay' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the masquerading rules' },
];

function adjustedPromises(
  scenario: Scenario,
  { network }: Cluster,
  { mtu }: Engine,
  { bridge }: Parameters,
): Partial<Declarations> {
  const shared = bridge === 'own' ? { isolation: absent('all containers of a host share docker0') } : {};
  if (network.ipv6 !== undefined) return shared;
  const tooSmall = `IPv6 needs an MTU of 1280 bytes (RFC 8200), and the kernel takes it from smaller interfaces: ${mtu.why}`;
  return { ...shared, 'dual-stack': absent(scenario.cluster.ipv6 ? tooSmall : 'the scenario switches IPv6 off') };
}

function egress({ bridge }: Parameters): EgressExpectation {
  const why =
    bridge === 'own'
      ? 'Docker masquerades what leaves docker0; the overlay leads nowhere else'
      : 'nobody outside knows the overlay, so the host masquerades what leaves it by eth1';
  return { gateway: 'host', nat: true, why };
}

function hostNode(cluster: Cluster, host: Host, engine: Engine, { bridge }: Parameters, name: string): NodeState {
  const overlay: BridgeLink = {
    kind: 'bridge',
    name,
    mtuBytes: carriedBytes(engine.mtu, host.name),
    // Left alone, a bridge takes the lowest MAC of its ports, and so changes its own whenever a container comes or goes.
    mac: macFromIpv4(host.ipv4),
    stp: false,
    forwardDelaySeconds: 0,
    // "weave expose 10.2.0.1/16"
    addresses: underlay.inNetwork(cluster.network, host),
  };
  const eth1 = { ...underlay.lanLink(cluster, host), addresses: underlay.lanAddresses(cluster, host) };
  const part = engine.onHost(host);
  const left = bridge === 'own' ? privateNetwork(cluster) : cluster.network;
  return {
    ...emptyNode(host.name, 'host'),
    links: [
      ...(bridge === 'own' ? [docker0(cluster, host)] : []),
      overlay,
      eth1,
      ...underlay.extraLinks(cluster, host),
      ...part.links,
    ],
    routes: underlay.uplinkOf(cluster, host).routes,
    fdb: part.fdb ?? [],
    sysctls: underlay.forwardingSysctls(cluster),
    nftables: underlay.masquerade(left, ' oifname "eth1"') + (part.nftables ?? ''),
    services: part.services,
  };
}

function attach(
  cluster: Cluster,
  container: Container,
  mtuBytes: number,
  { bridge }: Parameters,
  name: string,
): Attachment {
  if (bridge === 'own') return attachToBoth(cluster, container, mtuBytes);
  const gateway = underlay.defaultRoutes('eth0', hostOf(cluster, container));
  return attachToBridge(cluster, container, mtuBytes, gateway, { name, mtuBytes });
}
