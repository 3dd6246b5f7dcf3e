/**
 * What every strategy finds in place: the switches, the router, world, the outsiders, and the hosts' cables to them.
 *
 *     o1 ──┐                       ┌── h1 eth0 ──┐
 *          sw1 (LAN) ── eth1 ── hosts            sw0 (uplink) ── r1 eth0   r1 eth1 ── eth0 world
 *     o2 ──┘                       └── h2 eth0 ──┘
 */
import {
  emptyNode,
  type BridgeLink,
  type LinkState,
  type NodeState,
  type RouteState,
  type VethLink,
} from '#lab/state.js';
import type { Cluster, Host, Outsider } from '../cluster/cluster.js';
import { interfaceName } from './interface-name.js';

/** IP MTU of everything beyond the LAN, in bytes: Ethernet's (RFC 894), whatever the LAN's is. */
export const uplinkMtuBytes = 1500;

/** Prefix lengths of the cable between r1 and world. */
const worldPrefix = { ipv4: '/24', ipv6: '/64' } as const;

/** Every node that is neither a host nor a container. */
export function underlayNodes(cluster: Cluster): readonly NodeState[] {
  return [
    lanSwitch(cluster),
    uplinkSwitch(cluster),
    router(cluster),
    world(cluster),
    ...cluster.outsiders.map((outsider) => outsiderNode(cluster, outsider)),
  ];
}

/** `/16` of `10.1.0.0/16`. */
export function prefixSuffix(network: string): string {
  return network.slice(network.indexOf('/'));
}

/** An address with the prefix length of its network, and the IPv6 one where there is one. */
export function inNetwork(
  network: { readonly ipv4: string; readonly ipv6?: string },
  node: { readonly ipv4: string; readonly ipv6?: string | undefined },
): readonly string[] {
  const ipv6 = network.ipv6 === undefined || node.ipv6 === undefined ? [] : [node.ipv6 + prefixSuffix(network.ipv6)];
  return [node.ipv4 + prefixSuffix(network.ipv4), ...ipv6];
}

/** Default routes through the given gateways, one per family. */
export function defaultRoutes(
  link: string,
  gateway: { readonly ipv4: string; readonly ipv6?: string | undefined },
): readonly RouteState[] {
  const gateways = gateway.ipv6 === undefined ? [gateway.ipv4] : [gateway.ipv4, gateway.ipv6];
  return gateways.map((via) => ({ destination: 'default', via, link }));
}

/** The sysctls that let a node forward what is not for itself, in every family that the cluster has. */
export function forwardingSysctls(cluster: Cluster): Readonly<Record<string, string>> {
  const ipv6 = cluster.network.ipv6 === undefined ? {} : { 'net.ipv6.conf.all.forwarding': '1' };
  return { 'net.ipv4.ip_forward': '1', ...ipv6 };
}

/** A host's cable to the LAN, `eth1`, bare: the strategy gives it a master or addresses. */
export function lanLink(cluster: Cluster, host: Host): VethLink {
  const peer = { node: cluster.switches.lan, link: portName(host.name) };
  return { kind: 'veth', name: 'eth1', mtuBytes: host.mtuBytes, addresses: [], peer };
}

/** A host's cable to the uplink, `eth0`, with its address there. */
export function uplinkLink(cluster: Cluster, host: Host): VethLink {
  const peer = { node: cluster.switches.uplink, link: portName(host.name) };
  const addresses = inNetwork(cluster.uplink, { ipv4: host.uplinkIpv4, ipv6: host.uplinkIpv6 });
  return { kind: 'veth', name: 'eth0', mtuBytes: uplinkMtuBytes, addresses, peer };
}

/** A host's default routes, through the router on its uplink. */
export function uplinkRoutes(cluster: Cluster): readonly RouteState[] {
  return defaultRoutes('eth0', { ipv4: cluster.router.uplinkIpv4, ipv6: cluster.router.uplinkIpv6 });
}

/** A host's cables straight to other hosts, `eth2` and up in the order of the scenario, bare. */
export function extraLinks(cluster: Cluster, host: Host): readonly VethLink[] {
  const used = new Map<string, number>();
  const nextEnd = (node: string) => {
    const number = used.get(node) ?? 2;
    used.set(node, number + 1);
    return { node, link: `eth${number}` };
  };
  return cluster.underlay.extraLinks.flatMap((pair) => {
    const ends = [nextEnd(pair[0]), nextEnd(pair[1])] as const;
    const mine = (end: 0 | 1): readonly VethLink[] =>
      ends[end].node === host.name
        ? [
            {
              kind: 'veth',
              name: ends[end].link,
              mtuBytes: cluster.underlay.mtuBytes,
              addresses: [],
              peer: ends[(1 - end) as 0 | 1],
            },
          ]
        : [];
    return [...mine(0), ...mine(1)];
  });
}

/** Name of a switch's port to a node. */
function portName(node: string): string {
  return interfaceName('to-', node);
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
    cluster.network.ipv6 === undefined ? {} : { 'net.ipv6.conf.all.disable_ipv6': '1' };
  return { ...emptyNode(name, 'switch'), links, sysctls: quiet };
}

function lanSwitch(cluster: Cluster): NodeState {
  const mtuBytes = cluster.underlay.mtuBytes;
  const ports = [
    ...cluster.hosts.map((host) => switchPort(host.name, 'eth1', mtuBytes)),
    ...cluster.outsiders.map((outsider) => switchPort(outsider.name, 'eth0', mtuBytes)),
  ];
  return switchNode(cluster, cluster.switches.lan, [switchBridge(mtuBytes), ...ports]);
}

function uplinkSwitch(cluster: Cluster): NodeState {
  const ports = [...cluster.hosts, cluster.router].map((node) => switchPort(node.name, 'eth0', uplinkMtuBytes));
  return switchNode(cluster, cluster.switches.uplink, [switchBridge(uplinkMtuBytes), ...ports]);
}

/** Knows the uplink and world, and nothing of the cluster behind the hosts. */
function router(cluster: Cluster): NodeState {
  const { router: own, world: far } = cluster;
  const uplink: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes: uplinkMtuBytes,
    addresses: inNetwork(cluster.uplink, { ipv4: own.uplinkIpv4, ipv6: own.uplinkIpv6 }),
    peer: { node: cluster.switches.uplink, link: portName(own.name) },
  };
  const gateway = { ipv4: far.gatewayIpv4, ipv6: far.gatewayIpv6 };
  const toWorld = worldCable('eth1', gateway, { node: far.name, link: 'eth0' });
  return { ...emptyNode(own.name, 'router'), links: [uplink, toWorld], sysctls: forwardingSysctls(cluster) };
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

function worldCable(
  name: string,
  own: { readonly ipv4: string; readonly ipv6?: string | undefined },
  peer: VethLink['peer'],
): VethLink {
  const ipv6 = own.ipv6 === undefined ? [] : [own.ipv6 + worldPrefix.ipv6];
  return { kind: 'veth', name, mtuBytes: uplinkMtuBytes, addresses: [own.ipv4 + worldPrefix.ipv4, ...ipv6], peer };
}

/** A machine of the LAN that knows nothing of containers: an address in the cluster's network, no routes. */
function outsiderNode(cluster: Cluster, outsider: Outsider): NodeState {
  const link: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes: cluster.underlay.mtuBytes,
    addresses: inNetwork(cluster.network, outsider),
    peer: { node: cluster.switches.lan, link: portName(outsider.name) },
  };
  return { ...emptyNode(outsider.name, 'outsider'), links: [link] };
}
