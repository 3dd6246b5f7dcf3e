/**
 * ovs-gre: an Open vSwitch bridge on each host with tunnels to the others, as in "Multi-Host Docker Network" (2015).
 *
 *     h1 172.17.42.1                           h2 172.17.42.2
 *     ┌──────────────────────────┐             ┌──────────────────────────┐
 *     │ c 172.17.64.2 ...        │             │ c 172.17.128.2 ...       │   all with prefix length 16
 *     │    └── docker0 ── br0 ═══╪═══ gre1 ════╪═══ br0 ── docker0 ──┘    │   br0 is Open vSwitch's, with STP
 *     └─ eth0 (masqueraded) eth1 ┘─── LAN ─────└ eth1 ────────────────────┘   h3 has gre2 to h1 and gre3 to h2
 *
 * ## When to choose it
 *
 * One segment over any IP network with Open vSwitch, redundant tunnels and a spanning tree that opens a blocked one
 * when a host is lost.
 *
 * ## Its limit
 *
 * 38 bytes of MTU. All traffic follows the tree, perhaps through a third host, and then has the MTU of that one, too. A tree of 30 s forward delays takes up
 * to 50 s to come back. Not encrypted; GRE does not pass most NAT.
 *
 * ## What goes wrong
 *
 * STP off on one bridge (a broadcast storm); the MTU of docker0 left at 1500; a tunnel whose two ends have different
 * keys; IP protocol 47 filtered.
 */

import { z } from 'zod';
import { type BridgeLink, emptyNode, type NodeState, type SwitchPort } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import { type Addressing, addressingFor, schemeOfGroup, separateLan } from '../cluster/addressing.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Attachment, Convergence, Design, Group, MtuPrediction, Strategy, Recoveries } from './contract.js';
import { attachToBridge, hostOf } from './flat-bridge.js';
import { keptApart } from './group-network.js';
import { decideDatapath, isUserspace, needsOf, probesFor, requirementsOf } from './ovs/datapath.js';
import { type Instance, instanceServices, maxAgeSeconds, overlayBridge, waitForAddress } from './ovs/instance.js';
import { lanSideOf, madeBySwitch, surroundingsWithWholeFrames } from './ovs/lan.js';
import { meshes, peersOf, treeOf, type Tunnel, tunnelsOf } from './ovs/mesh.js';
import { alongTree, carriedBytes, containerMtuBytes, predictMtu } from './overhead.js';
import { adjustedPromises, promises, survival } from './ovs/promises.js';
import { rapidSpanningTreeRecovery, spanningTreeRecovery } from './survival.js';
import { surroundings } from './surroundings.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    tunnel: z.enum(['gre', 'vxlan', 'geneve']).default('gre').describe('what frames between the hosts are wrapped in'),
    key: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional()
      .describe("the tunnels' GRE key, or VXLAN or Geneve network identifier (24 bits); none when absent")
      .meta({ examples: [42] }),
    mesh: z
      .enum(meshes)
      .default('full')
      .describe('which hosts have a tunnel: full: every two; ring: each and the next; star: the first and each other'),
    stp: z
      .enum(['off', 'stp', 'rstp'])
      .default('stp')
      .describe('spanning tree of the Open vSwitch bridges, which blocks redundant tunnels'),
    forwardDelaySeconds: z
      .int()
      .min(4)
      .max(30)
      .default(15)
      .describe('forward delay of the spanning tree in seconds; STP forwards after two of them'),
    datapath: z
      .enum(['auto', 'kernel', 'userspace'])
      .default('auto')
      .describe("auto: the kernel's where it has openvswitch, else Open vSwitch's own, which needs /dev/net/tun"),
  })
  .refine(({ tunnel, key = 0 }) => tunnel === 'gre' || key < 2 ** 24, {
    path: ['key'],
    error: 'a VXLAN or Geneve network identifier has 24 bits',
  });

type Parameters = z.output<typeof parameters>;

export const ovsGre: Strategy<Parameters> = {
  name: 'ovs-gre',
  title: 'Open vSwitch bridges joined by GRE tunnels',
  summary:
    'Each host has an Open vSwitch bridge br0 with a tunnel to every other host, and its Docker bridge docker0 has br0 as a port: ' +
    'one segment over any network between the hosts. A spanning tree blocks the tunnels that are too many and opens them when a host is lost.',
  source: {
    text: 'Vincent: Multi-Host Docker Network (Wiredcraft, 2015)',
    url: 'https://wiredcraft.com/blog/multi-host-docker-network/',
  },
  parameters,
  promises,
  adaptation: { probes: probesFor, decide: decideDatapath },
  addressing: (_, hosts) => addressingOf(hosts),
  design,
};

/** The network of Docker's own bridge: 172.17.0.0/16. */
const network = '172.17.0.0/16';
/** Host x is 172.17.42.x: offset 42 x 256. */
const firstHost = 42 * 256 + 1;

/** The slices are as large as they can be outside the first quarter, 172.17.0.0/18, where the hosts are. */
function addressingOf(hosts: number): Addressing {
  // Three of four blocks are slices: of /18 for three hosts, of /19 for six, of /24 for 192; smaller ones are no slices.
  const doublings = Math.min(6, Math.max(0, Math.ceil(Math.log2(hosts / 3))));
  const slices = { slicePrefixLength: 18 + doublings, firstSlice: 2 ** doublings };
  return addressingFor({ network, firstHost, lan: separateLan, groupNetworks: true, ...slices });
}

/** What all parts of a design are made from. */
interface Blueprint {
  readonly cluster: Cluster;
  readonly chosen: Parameters;
  readonly tunnels: readonly Tunnel[];
  readonly mtu: MtuPrediction;
  /** The bridge for containers, and that of the tunnels: `docker0` and `br0`. */
  readonly bridges: { readonly docker: string; readonly overlay: string };
}

function design(scenario: Scenario, wanted: Parameters, group?: Group): Design {
  const index = group?.index ?? 0;
  const chosen = group === undefined ? wanted : withKeyOf(group, wanted);
  const cluster = resolveCluster(scenario, schemeOfGroup(addressingOf(scenario.cluster.hosts.length), index));
  const tunnels = tunnelsOf(cluster.hosts, chosen.mesh, index === 0 ? chosen.tunnel : `g${index}-${chosen.tunnel}`);
  const mtu = alongTree(predictMtu(cluster, chosen), treeOf(cluster, tunnels, chosen.stp));
  const bridges = { docker: `docker${index}`, overlay: overlayBridge(index) };
  const blueprint = { cluster, chosen, mtu, tunnels, bridges };
  return {
    cluster,
    mtu,
    egress: { gateway: 'host', nat: true, why: 'the host masquerades what leaves docker0 for elsewhere' },
    infrastructure: needsOf(chosen),
    requirements: requirementsOf(chosen),
    convergence: { ...convergenceOf(chosen), apart: cluster.underlay.nat },
    recovery: recoveryOf(chosen),
    promises: { ...adjustedPromises(cluster), ...survival(cluster.hosts.length, chosen) },
    fabric: () => [
      ...(isUserspace(chosen) ? surroundingsWithWholeFrames(cluster) : surroundings(cluster)),
      ...cluster.hosts.map((host) => keptApart(hostNode(blueprint, host), bridges.docker, group)),
    ],
    attach: (container, mtuBytes) => attach(blueprint, container, mtuBytes ?? containerMtuBytes(mtu, container)),
  };
}

/** Between two hosts there is a tunnel for each group, and by the key each end knows which. */
function withKeyOf({ index }: Group, chosen: Parameters): Parameters {
  return { ...chosen, key: (chosen.key ?? 1) + index };
}

/** Tunnels look for their peers first, and a machine may be busy; what the protocol takes comes on top. */
const graceMs = 20_000;

function convergenceOf({ stp, forwardDelaySeconds }: Parameters): Convergence {
  const delay = `forward delay of ${forwardDelaySeconds} s`;
  const why = {
    off: 'no spanning tree: a tunnel forwards as soon as its peer answers',
    stp: `STP: listening and learning take one ${delay} each (IEEE 802.1D-1998)`,
    rstp: `RSTP: at once where both ends of a tunnel agree, else twice the ${delay} (IEEE 802.1D-2004)`,
  };
  return { deadlineMs: (stp === 'off' ? 0 : 2000 * forwardDelaySeconds) + graceMs, why: why[stp] };
}

/** After a reboot tunnels have to find their peers, and the spanning tree to open them, as at first. */
function recoveryOf(chosen: Parameters): Recoveries {
  const { deadlineMs: limitMs, why } = convergenceOf(chosen);
  const reboot = { limitMs, why };
  const { stp, forwardDelaySeconds: delay } = chosen;
  if (stp === 'off') return { reboot };
  const loss = stp === 'stp' ? spanningTreeRecovery(delay, maxAgeSeconds(delay)) : rapidSpanningTreeRecovery(delay);
  return { link: loss, host: loss, reboot };
}

function hostNode(blueprint: Blueprint, host: Host): NodeState {
  const { cluster, chosen, mtu, bridges } = blueprint;
  const mtuBytes = carriedBytes(mtu, host.name);
  const docker: BridgeLink = {
    kind: 'bridge',
    name: bridges.docker,
    mtuBytes,
    // That of br0, as a bridge takes the lowest of its ports; containers would change it as they come and go.
    mac: macFromIpv4(host.ipv4),
    stp: false,
    forwardDelaySeconds: 0,
    addresses: underlay.inNetwork(cluster.network, host),
  };
  const mac = macFromIpv4(host.ipv4);
  const overlay = { ...madeBySwitch(bridges.overlay), mtuBytes, mac, master: bridges.docker };
  const lan = lanSideOf(cluster, host, isUserspace(chosen));
  const uplink = underlay.uplinkOf(cluster, host, lan.interface);
  return {
    ...emptyNode(host.name, 'host'),
    links: [docker, ...lan.links, overlay, ...uplink.links],
    routes: uplink.routes,
    sysctls: { ...underlay.forwardingSysctls(cluster), ...lan.sysctls },
    nftables: underlay.masquerade(cluster.network, ` oifname != "${bridges.docker}"`),
    // Docker is started last, and waits for its bridge's address.
    services: [...instanceServices(instanceOf(blueprint, host)), waitForAddress(bridges.docker)],
  };
}

function instanceOf({ cluster, chosen, tunnels, mtu, bridges }: Blueprint, host: Host): Instance {
  const { tunnel: type, key, stp: spanningTree, forwardDelaySeconds } = chosen;
  const ports = peersOf(host, tunnels).map(({ tunnel: name, host: peer }): SwitchPort => {
    const keyOption = key === undefined ? {} : { key: String(key) };
    const options = { remote_ip: underlay.tunnelAddress(cluster, peer), ...keyOption };
    return { name, peer: { node: peer.name, link: name }, type, options };
  });
  return {
    host: host.name,
    ...(isUserspace(chosen) ? { lan: { mac: macFromIpv4(host.lanIpv4) } } : {}),
    // The root of the spanning tree is the bridge with the lowest MAC: that of the first host.
    overlay: {
      name: bridges.overlay,
      mac: macFromIpv4(host.ipv4),
      mtuBytes: carriedBytes(mtu, host.name),
      spanningTree,
      forwardDelaySeconds,
      ports,
    },
  };
}

function attach({ cluster, mtu, bridges }: Blueprint, container: Container, mtuBytes: number): Attachment {
  const routes = underlay.defaultRoutes('eth0', hostOf(cluster, container));
  return attachToBridge(cluster, container, mtuBytes, routes, {
    name: bridges.docker,
    mtuBytes: carriedBytes(mtu, container.host),
  });
}
