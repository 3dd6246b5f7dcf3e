/**
 * What every strategy finds in place: the switches, the routers, world, the outsiders.
 *
 *     uplink by eth0                        by the LAN                     routed
 *
 *     o1 ──┐                                o1 ──┐                         o1 ── sw1 ── gw1 ──┐
 *          sw1 ── eth1 hosts eth0 ── sw0         sw1 ── eth1 hosts               │            │
 *     o2 ──┘                          │     o2 ──┘ │                            h1           sw0 ── r1 ── world
 *                                    r1            r1 ── world                               │
 *                                    └─ world                            h2 ── sw2 ── gw2 ───┘
 */
import {
  type BridgeLink,
  emptyNode,
  type LinkState,
  type NodeState,
  type RouteState,
  type VethLink,
} from '#lab/state.js';
import type { Cluster, Outsider, Site, SiteRouter } from '../cluster/cluster.js';
import {
  type Dual,
  defaultRoutes,
  families,
  forwardingSysctls,
  inNetwork,
  masquerade,
  portName,
  uplinkMtuBytes,
} from './underlay.js';

/** Prefix lengths of the cable between r1 and world. */
const worldPrefix = { ipv4: '/24', ipv6: '/64' } as const;

/** Every node that is neither a host nor a container. */
export function surroundings(cluster: Cluster): readonly NodeState[] {
  return [
    ...cluster.sites.map((site, index) => lanSwitch(cluster, site, index)),
    ...uplinkSwitch(cluster),
    ...cluster.sites.flatMap((site) => siteRouter(cluster, site)),
    router(cluster),
    world(cluster),
    ...cluster.outsiders.map((outsider) => outsiderNode(cluster, outsider)),
  ];
}

/** A switch that nobody configured: no spanning tree, forwards at once. */
function switchBridge(mtuBytes: number): BridgeLink {
  return { kind: 'bridge', name: 'br0', mtuBytes, stp: false, forwardDelaySeconds: 0, addresses: [] };
}

function switchPort(node: string, link: string, mtuBytes: number): VethLink {
  return { kind: 'veth', name: portName(node), mtuBytes, master: 'br0', addresses: [], peer: { node, link } };
}

function switchNode(cluster: Cluster, name: string, links: readonly LinkState[]): NodeState {
  // A switch is no IPv6 node: without this each of its ports would send router solicitations of its own.
  const quiet: Readonly<Record<string, string>> =
    cluster.uplink.ipv6 === undefined ? {} : { 'net.ipv6.conf.all.disable_ipv6': '1' };
  return { ...emptyNode(name, 'switch'), links, sysctls: quiet };
}

/** Outsiders are on the first LAN, and so is r1 where it is the hosts' gateway. */
function lanSwitch(cluster: Cluster, site: Site, index: number): NodeState {
  const mtuBytes = cluster.underlay.mtuBytes;
  const hosts = cluster.hosts.filter((host) => host.site === index);
  const ports = [
    ...hosts.map((host) => switchPort(host.name, 'eth1', mtuBytes)),
    ...(index === 0 ? cluster.outsiders : []).map((outsider) => switchPort(outsider.name, 'eth0', mtuBytes)),
    ...(site.gateway === undefined
      ? []
      : [switchPort(site.gateway.name, site.router === undefined ? 'eth0' : 'eth1', mtuBytes)]),
  ];
  return switchNode(cluster, site.switch, [switchBridge(mtuBytes), ...ports]);
}

/** Between r1 and the hosts' eth0, or the routers of the sites: there the wire goes on. */
function uplinkSwitch(cluster: Cluster): readonly NodeState[] {
  const name = cluster.switches.uplink;
  if (name === undefined) return [];
  const mtuBytes = backboneMtuBytes(cluster);
  const routers = routersOf(cluster);
  const below = routers.length > 0 ? routers : cluster.hosts;
  const ports = [...below, cluster.router].map((node) => switchPort(node.name, 'eth0', mtuBytes));
  return [switchNode(cluster, name, [switchBridge(mtuBytes), ...ports])];
}

function backboneMtuBytes(cluster: Cluster): number {
  return routersOf(cluster).length > 0 ? cluster.underlay.mtuBytes : uplinkMtuBytes;
}

function routersOf({ sites }: Cluster): readonly SiteRouter[] {
  return sites.flatMap(({ router: own }) => own ?? []);
}

/** Knows its LAN, the other routers' LANs unless they are behind NAT, and r1 for the rest. */
function siteRouter(cluster: Cluster, { switch: lan, gateway, router: own, ...network }: Site): readonly NodeState[] {
  if (own === undefined || gateway === undefined || cluster.switches.uplink === undefined) return [];
  const outside: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes: backboneMtuBytes(cluster),
    addresses: inNetwork(cluster.uplink, { ipv4: own.uplinkIpv4, ipv6: own.uplinkIpv6 }),
    peer: { node: cluster.switches.uplink, link: portName(own.name) },
  };
  const inside: VethLink = {
    kind: 'veth',
    name: 'eth1',
    mtuBytes: cluster.underlay.mtuBytes,
    addresses: inNetwork(network, gateway),
    peer: { node: lan, link: portName(own.name) },
  };
  const { uplinkIpv4: ipv4, uplinkIpv6: ipv6 } = cluster.router;
  return [
    {
      ...emptyNode(own.name, 'router'),
      links: [outside, inside],
      routes: [...siteRoutes(cluster, own.name), ...defaultRoutes('eth0', { ipv4, ipv6 })],
      sysctls: forwardingSysctls(cluster),
      nftables: own.nat ? masquerade(network, ' oifname "eth0"') + noEntry : '',
    },
  ];
}

/** As home routers do: what nobody inside has asked for does not come in. */
const noEntry = `table inet netlab {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "eth0" ct state new drop
  }
}
`;

/** How a router on the backbone reaches the LANs behind the others. */
function siteRoutes(cluster: Cluster, self: string): readonly RouteState[] {
  return cluster.sites.flatMap(({ router: own, ipv4, ipv6 }) => {
    if (own === undefined || own.nat || own.name === self) return [];
    const over = families({ ipv4: own.uplinkIpv4, ipv6: own.uplinkIpv6 });
    return families({ ipv4, ipv6 }).flatMap((destination, i) => {
      const via = over[i];
      return via === undefined ? [] : [{ destination, via, link: 'eth0' }];
    });
  });
}

/** r1: knows its own networks and the routed sites, and nothing of containers. */
function router(cluster: Cluster): NodeState {
  const { router: own, world: far, sites, switches } = cluster;
  const address = { ipv4: own.uplinkIpv4, ipv6: own.uplinkIpv6 };
  const lan = sites[0];
  const isOnLan = switches.uplink === undefined && lan !== undefined;
  const inside: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes: isOnLan ? cluster.underlay.mtuBytes : backboneMtuBytes(cluster),
    addresses: inNetwork(isOnLan ? lan : cluster.uplink, address),
    peer: { node: switches.uplink ?? switches.lan, link: portName(own.name) },
  };
  const gateway = { ipv4: far.gatewayIpv4, ipv6: far.gatewayIpv6 };
  const toWorld = worldCable('eth1', gateway, { node: far.name, link: 'eth0' });
  const routes = siteRoutes(cluster, own.name);
  return { ...emptyNode(own.name, 'router'), links: [inside, toWorld], routes, sysctls: forwardingSysctls(cluster) };
}

function world(cluster: Cluster): NodeState {
  const { name, ipv4, ipv6, gatewayIpv4, gatewayIpv6 } = cluster.world;
  const link = worldCable('eth0', { ipv4, ipv6 }, { node: cluster.router.name, link: 'eth1' });
  return {
    ...emptyNode(name, 'world'),
    links: [link],
    routes: defaultRoutes('eth0', { ipv4: gatewayIpv4, ipv6: gatewayIpv6 }),
  };
}

function worldCable(name: string, own: Dual, peer: VethLink['peer']): VethLink {
  const ipv6 = own.ipv6 === undefined ? [] : [own.ipv6 + worldPrefix.ipv6];
  return { kind: 'veth', name, mtuBytes: uplinkMtuBytes, addresses: [own.ipv4 + worldPrefix.ipv4, ...ipv6], peer };
}

/** A machine of the LAN that knows nothing of containers: an address there, and the LAN's gateway where there is one. */
function outsiderNode(cluster: Cluster, outsider: Outsider): NodeState {
  const lan = cluster.sites[0];
  const link: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes: cluster.underlay.mtuBytes,
    addresses: lan === undefined ? [] : inNetwork(lan, outsider),
    peer: { node: cluster.switches.lan, link: portName(outsider.name) },
  };
  const routes = lan?.gateway === undefined ? [] : defaultRoutes('eth0', lan.gateway);
  return { ...emptyNode(outsider.name, 'outsider'), links: [link], routes };
}
