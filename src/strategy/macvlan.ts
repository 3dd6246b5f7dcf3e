/**
 * macvlan: containers as macvlan children of the host's LAN interface, as Docker's macvlan driver makes them.
 *
 *     h1 192.168.0.51                        h2 192.168.0.52
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 192.168.51.2  c .51.3  │           │ c 192.168.52.2  c .52.3  │   all with prefix length 16
 *     │    └─────┬────────┘      │           │    └─────┬────────┘      │
 *     │         eth1             │─── LAN ───│         eth1             │
 *     └──────────────────────────┘     │     └──────────────────────────┘
 *                                r1 192.168.0.1 ── world
 *
 * ## When to choose it
 *
 * Containers should be on the LAN without any bridge, at nearly the wire's speed.
 *
 * ## Its limit
 *
 * A host never reaches its own children, by design of the kernel. Each child is one more MAC address at the switch
 * port: port security and most Wi-Fi access points refuse that.
 *
 * ## What goes wrong
 *
 * Health checks and proxies on the host that need its own containers; a child with a larger MTU than its parent; a
 * parent that goes down and takes its children's addresses with it.
 */
import { z } from 'zod';
import { emptyNode, type MacvlanLink, type NodeState, type RouteState } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations, type PromiseName, promised, silent } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { checkAddressing } from './addressing-parameters.js';
import type { Attachment, Design, Requirement, Strategy } from './contract.js';
import * as lan from './lan-slices.js';
import { noRouters } from './layer-2.js';
import { independentHosts } from './survival.js';
import { predictPlain } from './overhead.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    ...lan.lanParameters,
    mode: z
      .enum(['bridge', 'private', 'vepa'])
      .default('bridge')
      .describe(
        'bridge: containers of one host reach each other; private: they do not; vepa: only by a switch that sends back what it gets',
      ),
  })
  .check(checkAddressing);

type Parameters = z.output<typeof parameters>;

/** drivers/net/macvlan.c: what a child sends goes to its siblings or out of the parent, never up into the host. */
const ownHost = absent(
  'the kernel gives what a child sends to its siblings or to the wire, never to its own host; those of other hosts are reached',
);

const promises: Declarations = {
  'unique-address': promised(
    "each host assigns from its own slice of the LAN's network; the MAC is made of the address",
  ),
  'container-to-container': promised('children of one interface reach each other, and those of others over the wire'),
  'host-to-container': ownHost,
  'container-to-host': ownHost,
  'lan-reachable': promised('each container is on the wire with a MAC address of its own, as any machine'),
  'no-nat': promised('frames go out as the container sends them'),
  'native-ports': promised('each container serves on its own address'),
  'path-mtu': promised("nothing is encapsulated: a child may have the MTU of its host's interface, and no more"),
  throughput: promised('no bridge, no forwarding: frames go from the child straight to the wire'),
  egress: promised("the containers' gateway is the LAN's router; without NAT unless routerNat says so"),
  'crosses-routers': noRouters,
  'broadcast-domain': promised('broadcasts go to all children and to the wire'),
  'loop-free': promised('a child has no second way out, so no loop can be closed through a host'),
  encrypted: absent('frames cross the LAN as the containers send them'),
  isolation: absent('all containers are machines of one LAN'),
  'dual-stack': promised('the segment carries any family; one flat /64, the router is in it'),
  names: silent('the driver names no containers'),
  'service-discovery': silent('no agent is part of it; a scenario may add one'),
  'lease-hygiene': absent("the host assigns from its slice (--ip-range), which the LAN's DHCP server must leave out"),
  ...independentHosts(
    'each host has its own cable to the switch, and none forwards for others',
    "children of eth1 with addresses from the host's own slice, made again when containers start",
  ),
  'address-capacity': promised('253 containers in a /24; the next is refused'),
  'infrastructure-free': absent("the kernel's macvlan is needed, beyond a bridge"),
};

export const macvlan: Strategy<Parameters> = {
  name: 'macvlan',
  title: "Containers as children of the host's LAN interface",
  summary:
    "Each container's interface is a macvlan child of the host's eth1, with a MAC address of its own on the LAN, an address from the host's slice, " +
    "and the LAN's router as its gateway. No bridge, no NAT; but a host does not reach its own containers, nor they it.",
  source: { text: 'Docker, macvlan network driver', url: 'https://docs.docker.com/engine/network/drivers/macvlan/' },
  parameters,
  promises,
  addressing: lan.lanScheme,
  design,
};

function design(scenario: Scenario, chosen: Parameters): Design {
  const scheme = lan.lanScheme(chosen);
  const cluster = resolveCluster(scenario, scheme);
  const mtu = predictPlain(cluster, 'macvlan encapsulates nothing');
  const nat = lan.hasRouterNat(cluster, chosen);
  const gateway = lan.lanGateway(cluster, scheme);
  return {
    cluster,
    mtu,
    egress: lan.lanEgress(nat),
    infrastructure: { daemons: [], listeners: [], kernelFeatures: ['macvlan'] },
    requirements: nat ? [...children, ...lan.routerMasquerading] : children,
    promises: { ...apart(chosen), ...lan.lanPromises(cluster) },
    fabric: () => [...lan.lanSurroundings(cluster, nat), ...cluster.hosts.map((host) => hostNode(cluster, host))],
    attach: (container) => attach(cluster, container, chosen, gateway),
  };
}

const children: readonly Requirement[] = [
  { kind: 'link', name: 'veth', why: 'cables between nodes' },
  { kind: 'link', name: 'macvlan', why: "containers are children of their host's eth1" },
];

/** Whatever is measured between containers of one host, too. */
const withSiblings: readonly PromiseName[] = [
  'container-to-container',
  'path-mtu',
  'throughput',
  'broadcast-domain',
  'dual-stack',
];

function apart({ mode }: Parameters): Partial<Declarations> {
  if (mode === 'bridge') return {};
  const why = {
    private: 'mode private: containers of one host are kept from each other',
    vepa: 'mode vepa: containers of one host reach each other only by a switch that sends frames back where they came from',
  };
  return Object.fromEntries(withSiblings.map((name) => [name, absent(why[mode])]));
}

function hostNode(cluster: Cluster, host: Host): NodeState {
  const addresses = [...underlay.inNetwork(cluster.network, host), ...underlay.routedAddresses(cluster, host)];
  const eth1 = { ...underlay.lanLink(cluster, host), mac: macFromIpv4(host.ipv4), addresses };
  const links = [eth1, ...underlay.extraLinks(cluster, host)];
  return { ...emptyNode(host.name, 'host'), links, routes: underlay.uplinkOf(cluster, host).routes };
}

/**
 * Without an MTU of its own a child has that of its parent; the kernel refuses a larger one (macvlan_change_mtu), also to a
 * probe that asks for it.
 */
function attach(
  cluster: Cluster,
  container: Container,
  { mode }: Parameters,
  routes: readonly RouteState[],
): Attachment {
  const eth0: MacvlanLink = {
    kind: 'macvlan',
    name: 'eth0',
    ...(container.mtuBytes === undefined ? {} : { mtuBytes: container.mtuBytes }),
    mac: container.mac,
    addresses: underlay.inNetwork(cluster.network, container),
    parent: 'eth1',
    parentNode: container.host,
    mode,
  };
  return {
    container: { ...emptyNode(container.name, 'container', container.host), links: [eth0], routes },
    host: { links: [] },
  };
}
