/**
 * host-gw: a subnet per host, and static routes between the hosts; every host is the gateway of its containers.
 *
 *     h1 172.16.0.1                          h2 172.16.0.2
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 10.4.1.2  c 10.4.1.3   │           │ c 10.4.2.2  c 10.4.2.3   │   with prefix length 24
 *     │    └────┬──────┘         │           │    └────┬──────┘         │
 *     │   br0 10.4.1.1    eth1 ──┼─── LAN ───┼── eth1    10.4.2.1 br0   │
 *     └──────────────────────────┘     │     └──────────────────────────┘
 *      10.4.2.0/24 via 172.16.0.2     r1      10.4.1.0/24 via 172.16.0.1
 *
 * ## When to choose it
 *
 * Hosts share a LAN, or routers that you can give routes to, and you want plain routing: no overlay, no daemon, full
 * MTU, source addresses kept.
 *
 * ## Its limit
 *
 * Every host needs a route to each other host's subnet, and so does the router. Nothing withdraws a route when a host
 * is lost. No broadcasts between hosts.
 *
 * ## What goes wrong
 *
 * ip_forward off; a `FORWARD` policy of DROP; a reverse path filter on asymmetric ways; a router without the routes, so
 * that answers from outside never come back.
 */
import { z } from 'zod';
import { emptyNode, type NodeState } from '#lab/state.js';
import { type Addressing, separateLan } from '../cluster/addressing.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations, promised, silent } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { addressingParametersFor, checkAddressing, chosenAddressing } from './addressing-parameters.js';
import type { Design, EgressExpectation, Requirement, Strategy } from './contract.js';
import { bridging } from './flat-bridge.js';
import { isRouted, withoutIpv6 } from './layer-2.js';
import {
  attachToSlice,
  firstOfEach,
  lostBehindNat,
  lostWithoutRoutes,
  siteSliceRoutes,
  sliceBridge,
  sliceRoutes,
} from './routed-slices.js';
import { independentHosts } from './survival.js';
import { surroundings } from './surroundings.js';
import { containerMtuBytes, predictPlain } from './overhead.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    ...addressingParametersFor('10.4.0.0/16'),
    routers: z
      .enum(['know', 'ignore'])
      .default('know')
      .describe(
        'know: the routers around have routes to the slices; ignore: they take none, as those of many clouds, and hosts masquerade what leaves the cluster',
      ),
  })
  .check(checkAddressing);

type Parameters = z.output<typeof parameters>;

const promises: Declarations = {
  'unique-address': promised('each host assigns from its own slice, a subnet that no other host has'),
  'container-to-container': promised(
    'each host has a route to the slice of each other host, by its address on the LAN',
  ),
  'host-to-container': promised('a host is in the subnet of its own containers, and has routes to the others'),
  'container-to-host': promised("the containers' gateway is their host, which knows the LAN of all hosts"),
  'lan-reachable': promised(
    "the LAN's router r1 has a route to each slice, and machines of the LAN send to r1 what they do not know",
  ),
  'no-nat': promised('packets are routed as they are; nobody on their way translates addresses'),
  'native-ports': promised('each container serves on its own address'),
  'path-mtu': promised("nothing is encapsulated, so nothing is taken off the wire's MTU"),
  throughput: promised('packets cross the wire as the containers send them'),
  egress: promised("the host forwards, and r1 knows the way back, so world sees the container's own address"),
  'crosses-routers': promised('the routers between the hosts have routes to the slices'),
  'broadcast-domain': absent("each host's bridge is a segment of its own, and no broadcast crosses a router"),
  'loop-free': promised('a bridge ends at its host, so no cable between hosts can close a loop'),
  encrypted: absent('packets cross the wire as the containers send them'),
  isolation: absent('each host forwards between its containers and whoever has a route'),
  'dual-stack': promised('the same routes once more, to slices of one unique local prefix'),
  names: silent('routes say nothing of names'),
  'service-discovery': silent('no agent is part of it; a scenario may add one'),
  'lease-hygiene': absent("addresses come from the host's slice without leases"),
  ...independentHosts(
    'each host has routes of its own straight to each other one',
    "static routes and a bridge, all in the host's own configuration",
  ),
  'address-capacity': promised('253 containers in a /24; the next is refused'),
  'infrastructure-free': promised('a bridge and static routes: no daemon, no tunnel'),
};

export const hostGw: Strategy<Parameters> = {
  name: 'host-gw',
  title: 'A subnet per host and static routes',
  summary:
    'Each host has a subnet of its own for its containers and is their gateway, as in the host-gw backend of Flannel. ' +
    "Static routes lead to the subnets of the others over the LAN, and the LAN's router has them, too: no overlay, no daemon, no NAT.",
  source: {
    text: 'Flannel, backend host-gw',
    url: 'https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md#host-gw',
  },
  parameters,
  promises,
  addressing,
  design,
};

function addressing(chosen: Parameters): Addressing {
  return chosenAddressing(chosen, { hostsOn: 'lan', lan: separateLan, uplinkBy: 'lan' });
}

function design(scenario: Scenario, chosen: Parameters): Design {
  const cluster = resolveCluster(scenario, addressing(chosen));
  const mtu = predictPlain(cluster, 'routing encapsulates nothing');
  const nat = chosen.routers === 'ignore';
  return {
    cluster,
    mtu,
    egress: egress(chosen),
    infrastructure: { daemons: [], listeners: [], kernelFeatures: [], forEgress: nat ? ['nftables nat'] : [] },
    requirements: nat ? [...bridging, ...masquerading] : bridging,
    promises: adjustedPromises(cluster, chosen),
    fabric: () => [...around(cluster, chosen), ...cluster.hosts.map((host) => hostNode(cluster, host, nat))],
    attach: (container, mtuBytes) => attachToSlice(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container)),
  };
}

const masquerading: readonly Requirement[] = [
  { kind: 'nftables', name: 'masquerade', why: 'routers: ignore: the hosts masquerade what leaves the cluster' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the masquerading rules' },
];

function egress({ routers }: Parameters): EgressExpectation {
  const why =
    routers === 'know'
      ? 'the host forwards, and the routers know the way back to the container'
      : 'the routers know no way back into the cluster, so the host masquerades what leaves it';
  return { gateway: 'host', nat: routers === 'ignore', why };
}

function adjustedPromises(cluster: Cluster, { routers }: Parameters): Partial<Declarations> {
  return {
    ...withoutIpv6(cluster),
    ...(routers === 'ignore' ? unknownToRouters : {}),
    ...(routers === 'ignore' && isRouted(cluster) ? lostWithoutRoutes(apart) : {}),
    ...lostBehindNat(cluster),
    ...(routers === 'know' && cluster.underlay.nat.length > 0 ? { egress: absent(notFromBehindNat) } : {}),
  };
}

const unknownToRouters: Partial<Declarations> = {
  'lan-reachable': absent('r1 has no route to the containers, and so no machine of the LAN has one'),
  'no-nat': absent("what leaves the cluster's network is masqueraded by the host"),
  'crosses-routers': absent('the routers between the hosts have no routes to the slices'),
};

const notFromBehindNat = 'what comes from containers behind NAT has an address to which nobody has a route';
const apart = 'the hosts share no LAN, and the routers between them have no routes to the slices';

/** The routers around, with their routes to the slices. */
function around(cluster: Cluster, { routers }: Parameters): readonly NodeState[] {
  const nodes = surroundings(cluster);
  if (routers === 'ignore') return nodes;
  return nodes.map((node) => {
    if (node.role !== 'router') return node;
    const site = cluster.sites.findIndex(({ gateway }) => gateway?.name === node.name);
    const inside = cluster.hosts.filter((host) => host.site === site);
    const lan = isRouted(cluster) ? 'eth1' : 'eth0';
    const routes = [...sliceRoutes(cluster, inside, lan), ...siteSliceRoutes(cluster, node.name)];
    return { ...node, routes: firstOfEach([...node.routes, ...routes]) };
  });
}

function hostNode(cluster: Cluster, host: Host, nat: boolean): NodeState {
  const uplink = underlay.uplinkOf(cluster, host);
  const neighbours = cluster.hosts.filter((other) => other.slice !== host.slice && other.site === host.site);
  const eth1 = { ...underlay.lanLink(cluster, host), addresses: underlay.lanAddresses(cluster, host) };
  return {
    ...emptyNode(host.name, 'host'),
    links: [sliceBridge(cluster, host), eth1, ...underlay.extraLinks(cluster, host)],
    routes: [...uplink.routes, ...firstOfEach(sliceRoutes(cluster, neighbours, eth1.name))],
    sysctls: underlay.forwardingSysctls(cluster),
    nftables: nat ? underlay.masquerade(cluster.network, underlay.leavingNetwork) : '',
  };
}
