/**
 * dhcp: an address per container from the LAN's own DHCP server, as in "Connecting Docker containers to production network -
 * IP per container" (2015).
 *
 *     h1 10.100.80.11                        h2 10.100.80.12
 *     ┌───────────────────────────┐          ┌───────────────────────────┐
 *     │ c 10.100.80.190  c .80.137│          │ c 10.100.80.151  c .80.162│   from the pool, as the server likes
 *     │   ▲ udhcpc    ▲ udhcpc    │          │   ▲ udhcpc    ▲ udhcpc    │   run by the host, inside the container's network
 *     │    └────┬─────┘           │          │    └────┬─────┘           │
 *     │        br0 ── eth1        │── LAN ───│        br0 ── eth1        │
 *     └───────────────────────────┘  │  │    └───────────────────────────┘
 *          DHCP and DNS: dhcp1 10.100.80.2  r1 10.100.80.1 (router advertisements) ── world
 *
 * ## When to choose it
 *
 * The network team owns the addresses: the LAN's own DHCP server gives every container a lease, and a name.
 *
 * ## Its limit
 *
 * A DHCP server, a client per container and a watchdog per host have to run. The pool's size limits the number of
 * containers. One segment.
 *
 * ## What goes wrong
 *
 * Clients that outlive their containers; leases that are not renewed; a second DHCP server; spanning tree's forward
 * delay that makes the first requests vanish.
 */
import { emptyNode, type NodeState } from '#lab/state.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations, promised, silent } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Attachment, Design, Infrastructure, Requirement, Strategy } from './contract.js';
import { ipv4Client, ipv6Client } from './dhcp/client.js';
import { lan, serverAddress, unadvised, withServer } from './dhcp/lan.js';
import { addressingOf, type Parameters, parameters } from './dhcp/parameters.js';
import { watchdog, watchdogName } from './dhcp/watchdog.js';
import { attachToBridge, bridging, hostBridge, redundancy } from './flat-bridge.js';
import { interfaceName } from './interface-name.js';
import { isRouted, lostBetweenRouters, noRouters, withoutIpv6 } from './layer-2.js';
import { independentHosts } from './survival.js';
import { containerMtuBytes, predictPlain } from './overhead.js';
import { uplinkOf } from './underlay.js';

const source = 'dhcp-ip-per-container';
const promises: Declarations = {
  'unique-address': promised(
    `${source}: one DHCP server leases from one pool; "simple methods to generate unique locally administered MACs"`,
  ),
  'container-to-container': promised(
    `${source}: "all containers can communicate with all other containers without NAT"`,
  ),
  'host-to-container': promised(
    `${source}: "all nodes can communicate with all containers (and vice-versa) without NAT"`,
  ),
  'container-to-host': promised(
    `${source}: "all nodes can communicate with all containers (and vice-versa) without NAT"`,
  ),
  'lan-reachable': promised(`${source}: bridges "extending the network broadcast domain to all the containers"`),
  'no-nat': promised(`${source}: "the IP that a container sees itself as is the same IP that others see it as"`),
  'native-ports': promised(`${source}: "multiple containers exposing the same service port" on one worker`),
  'path-mtu': promised("a bridge on the LAN takes nothing off the wire's MTU"),
  throughput: promised(`${source}: no "overlay networks or rocket science solutions": frames cross as they are`),
  egress: promised(`${source}: the leased gateway is the LAN's router (10.100.80.1), not the host; nobody translates`),
  'crosses-routers': noRouters,
  'broadcast-domain': promised(`${source}: "extending the network broadcast domain to all the containers"`),
  'loop-free': promised(
    'spanning tree is off, so it holds because one cable per host to one switch is a tree; more cables need stp: true',
  ),
  encrypted: absent('frames cross the LAN as the containers send them'),
  isolation: absent(`${source}: no "new security zones": all containers are machines of one LAN`),
  'dual-stack': promised(`${source}: "It supports IPv4 (DHCP), IPv6 (SLAAC or DHCPv6) as well dual stack"`),
  names: promised(`${source}: "dynamically registering DNS A records", here NAME.DOMAIN, by the lease's host name`),
  'service-discovery': silent(`${source}: names of containers make it "easier"; a scenario may add Consul`),
  'lease-hygiene': promised(
    `${source}: "manage the lease renews and all DHCP RFC expectations"; dhcp-garbagecollection pairs clients with containers`,
  ),
  ...independentHosts(
    'the DHCP server is no host, and no host forwards for others',
    'the server leases the same address to the same MAC once more',
  ),
  'address-capacity': promised(
    'the pool is of a stated size: its last address works, one more container gets no lease',
  ),
  'infrastructure-free': absent('it needs a DHCP server, a client for each container and a watchdog on each host'),
};

export const dhcp: Strategy<Parameters> = {
  name: 'dhcp',
  title: 'An address per container from the DHCP server of the LAN',
  summary:
    "Each host has a bridge br0 with its LAN interface eth1 inside. The host runs a DHCP client inside each container's network, so that containers have addresses of the LAN's own pool, and names. " +
    'IPv6 comes from router advertisements or by DHCPv6. A watchdog on each host removes clients without a container and containers without a client.',
  source: {
    text: 'Vicente De Luca: Connecting Docker containers to production network - IP per container (2015)',
  },
  parameters,
  promises,
  addressing: addressingOf,
  design,
};

function design(scenario: Scenario, chosen: Parameters): Design {
  const cluster = withServer(resolveCluster(scenario, addressingOf(chosen)));
  const mtu = predictPlain(cluster, 'a bridge encapsulates nothing');
  const hasNames = chosen.server === 'dnsmasq';
  const more = redundancy(cluster, chosen);
  return {
    cluster,
    mtu,
    egress: { gateway: 'router', nat: false, why: 'the leased gateway is r1 on the LAN; nobody translates addresses' },
    infrastructure: infrastructure(cluster, chosen),
    requirements: requirements(cluster, chosen),
    ...(hasNames ? { naming: { domain: chosen.domain, resolver: serverAddress(cluster) } } : {}),
    ...more,
    recovery: { ...more.recovery, reboot: leasing },
    promises: { ...adjustedPromises(cluster, hasNames), ...more.promises },
    fabric: () => [...lan(cluster, chosen), ...cluster.hosts.map((host) => hostNode(cluster, host, chosen))],
    attach: (container, mtuBytes) => attach(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container), chosen),
  };
}

/** Clients ask every second; a busy machine takes its time to start them. */
const leasing = { limitMs: 20_000, why: 'DHCP: a client asks, and asks again after a second' } as const;

const leases6 = ({ network }: Cluster, { ipv6Addresses }: Parameters): boolean =>
  network.ipv6 !== undefined && ipv6Addresses === 'dhcpv6';

function infrastructure(cluster: Cluster, chosen: Parameters): Infrastructure {
  const servers = chosen.server === 'kea' ? ['kea-dhcp4', ...(leases6(cluster, chosen) ? ['kea-dhcp6'] : [])] : [];
  const advertises = chosen.server === 'dnsmasq' || cluster.network.ipv6 !== undefined;
  return {
    daemons: [
      ...servers,
      ...(advertises ? ['dnsmasq'] : []),
      'udhcpc',
      ...(leases6(cluster, chosen) ? ['dhclient'] : []),
      watchdogName,
    ],
    listeners: chosen.server === 'kea' ? ['udp/67'] : ['udp/67', 'udp/53', 'tcp/53'],
    kernelFeatures: [],
  };
}

function requirements(cluster: Cluster, chosen: Parameters): readonly Requirement[] {
  const advertises = cluster.network.ipv6 !== undefined;
  const six = leases6(cluster, chosen);
  return [
    ...bridging,
    binary('ip', 'iproute2', 'puts leases on interfaces'),
    binary('udhcpc', 'udhcpc', 'the DHCP client of each container, run by its host'),
    ...(chosen.server === 'dnsmasq' || advertises
      ? [binary('dnsmasq', 'dnsmasq-base', 'DHCP and DNS server, router advertisements')]
      : []),
    ...(chosen.server === 'kea' ? [binary('kea-dhcp4', 'kea-dhcp4-server', 'DHCP server')] : []),
    ...(chosen.server === 'kea' && six ? [binary('kea-dhcp6', 'kea-dhcp6-server', 'DHCPv6 server')] : []),
    ...(six ? [binary('dhclient', 'isc-dhcp-client', 'the DHCPv6 client of each container')] : []),
  ];
}

function binary(name: string, debianPackage: string, why: string): Requirement {
  return { kind: 'binary', name, debianPackage, why };
}

function adjustedPromises(cluster: Cluster, hasNames: boolean): Partial<Declarations> {
  const behindRouters = absent("the DHCP server is on the first host's LAN, and no other");
  const lost = {
    'unique-address': behindRouters,
    egress: behindRouters,
    names: behindRouters,
    'lease-hygiene': behindRouters,
  } as const;
  return {
    ...lostBetweenRouters(cluster),
    ...withoutIpv6(cluster),
    ...(hasNames ? {} : { names: absent('Kea registers names only with a DNS server and an agent of its own') }),
    ...(isRouted(cluster) ? lost : {}),
  };
}

function hostNode(cluster: Cluster, host: Host, chosen: Parameters): NodeState {
  const { routes } = uplinkOf(cluster, host, 'br0');
  return {
    ...emptyNode(host.name, 'host'),
    links: hostBridge(cluster, host, chosen),
    routes,
    sysctls: unadvised(cluster, 'br0'),
    services: [watchdog(host.name)],
  };
}

/**
 * Solicits routers until one answers, as the kernel does by default and netlab switches off where nobody answers; every
 * second or two instead of after 4, 8, 16 s (RFC 7559), because here containers are there before the router is.
 */
const asking = {
  'net.ipv6.conf.eth0.router_solicitations': '-1',
  'net.ipv6.conf.eth0.router_solicitation_interval': '1',
  'net.ipv6.conf.eth0.router_solicitation_max_interval': '2',
} as const;

/** A bare container: what it gets comes by lease, and what routers advertise it asks for. */
function attach(cluster: Cluster, container: Container, mtuBytes: number, chosen: Parameters): Attachment {
  const { container: node, host } = attachToBridge(cluster, container, mtuBytes, []);
  const port = interfaceName('veth-', container.name);
  const place = { host: container.host, container: container.name, port, bridge: 'br0' };
  const sysctls = cluster.network.ipv6 === undefined ? {} : asking;
  return {
    container: { ...node, links: node.links.map((link) => ({ ...link, addresses: [] })), sysctls },
    host: { ...host, services: [ipv4Client(place), ...(leases6(cluster, chosen) ? [ipv6Client(place)] : [])] },
  };
}
