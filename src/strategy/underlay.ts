/** What a strategy builds its hosts from: their cables, their addresses on the LAN, their way to r1. */

import { LabError } from '#lab/errors.js';
import type { LinkState, NodeState, RouteState, VethLink } from '#lab/state.js';
import type { Cluster, Host, Site } from '../cluster/cluster.js';
import { interfaceName } from './interface-name.js';

/** IP MTU of everything beyond the LAN, in bytes: Ethernet's (RFC 894), whatever the LAN's is. */
export const uplinkMtuBytes = 1500;

/** An IPv4 address or prefix, and the IPv6 one where there is one. */
export interface Dual {
  readonly ipv4: string;
  readonly ipv6?: string | undefined;
}

/** `/16` of `10.1.0.0/16`. */
export function prefixSuffix(network: string): string {
  return network.slice(network.indexOf('/'));
}

/** An address with the prefix length of its network, and the IPv6 one where there is one. */
export function inNetwork(network: Dual, node: Dual): readonly string[] {
  const ipv6 = network.ipv6 === undefined || node.ipv6 === undefined ? [] : [node.ipv6 + prefixSuffix(network.ipv6)];
  return [node.ipv4 + prefixSuffix(network.ipv4), ...ipv6];
}

/** Default routes through the given gateways, one per family. */
export function defaultRoutes(link: string, gateway: Dual): readonly RouteState[] {
  return families(gateway).map((via) => ({ destination: 'default', via, link }));
}

/** What there is of the two families. */
export function families({ ipv4, ipv6 }: Dual): readonly string[] {
  return ipv6 === undefined ? [ipv4] : [ipv4, ipv6];
}

/** The sysctls that let a node forward what is not for itself, in every family that there is between the hosts. */
export function forwardingSysctls(cluster: Cluster): Readonly<Record<string, string>> {
  const ipv6 = cluster.uplink.ipv6 === undefined ? {} : { 'net.ipv6.conf.all.forwarding': '1' };
  return { 'net.ipv4.ip_forward': '1', ...ipv6 };
}

/** The LAN that a host is on. */
export function siteOf(cluster: Cluster, host: Host): Site {
  const site = cluster.sites[host.site];
  if (site === undefined) throw new LabError(`${host.name} is on LAN ${host.site}, which does not exist`);
  return site;
}

/** A host's addresses on its LAN, with the LAN's prefix length. */
export function lanAddresses(cluster: Cluster, host: Host): readonly string[] {
  return inNetwork(siteOf(cluster, host), { ipv4: host.lanIpv4, ipv6: host.lanIpv6 });
}

/** The same where a router ends the LAN, so that a host in a flat network of its own still reaches that router. */
export function routedAddresses(cluster: Cluster, host: Host): readonly string[] {
  return siteOf(cluster, host).router === undefined ? [] : lanAddresses(cluster, host);
}

/** The address by which hosts know each other on the underlay: what tunnels run between. @throws LabError without IPv6 */
export function tunnelAddress(cluster: Cluster, host: Host): string {
  const address = cluster.underlay.family === 'ipv4' ? host.lanIpv4 : host.lanIpv6;
  if (address === undefined) throw new LabError(`${host.name} has no ${cluster.underlay.family} address on the LAN`);
  return address;
}

/** A host's cable to its LAN, `eth1`, bare: the strategy gives it a master or addresses. */
export function lanLink(cluster: Cluster, host: Host): VethLink {
  const peer = { node: siteOf(cluster, host).switch, link: portName(host.name) };
  return { kind: 'veth', name: 'eth1', mtuBytes: host.mtuBytes, addresses: [], peer };
}

/** How a host reaches r1 and what is beyond. */
export interface Uplink {
  /** The interface by which it leaves: `eth0`, or the one that is on the LAN. */
  readonly link: string;
  readonly links: readonly LinkState[];
  readonly routes: readonly RouteState[];
}

/**
 * A host's way out, by an interface of its own where the cluster has that, else by the LAN.
 * @param lanInterface the interface that has the host's address on the LAN
 */
export function uplinkOf(cluster: Cluster, host: Host, lanInterface = 'eth1'): Uplink {
  const { gateway } = siteOf(cluster, host);
  if (gateway !== undefined) return { link: lanInterface, links: [], routes: defaultRoutes(lanInterface, gateway) };
  return { link: 'eth0', links: [uplinkLink(cluster, host)], routes: uplinkRoutes(cluster) };
}

/** A host's cable to the uplink, `eth0`, with its address there. */
function uplinkLink(cluster: Cluster, host: Host): VethLink {
  if (cluster.switches.uplink === undefined) throw new LabError(`${host.name} has no uplink: r1 is on the LAN`);
  const peer = { node: cluster.switches.uplink, link: portName(host.name) };
  const addresses = inNetwork(cluster.uplink, { ipv4: host.uplinkIpv4, ipv6: host.uplinkIpv6 });
  return { kind: 'veth', name: 'eth0', mtuBytes: uplinkMtuBytes, addresses, peer };
}

function uplinkRoutes(cluster: Cluster): readonly RouteState[] {
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
  const { extraLinks: pairs, mtuBytes } = cluster.underlay;
  return pairs.flatMap((pair) => {
    const ends = [nextEnd(pair[0]), nextEnd(pair[1])] as const;
    return ([0, 1] as const)
      .filter((end) => ends[end].node === host.name)
      .map((end) => ({
        kind: 'veth',
        name: ends[end].link,
        mtuBytes,
        addresses: [],
        peer: ends[(1 - end) as 0 | 1],
      }));
  });
}

/** Name of a switch's port to a node. */
export function portName(node: string): string {
  return interfaceName('to-', node);
}

/** What else must be true of a packet that is masqueraded: nftables expressions after a space. */
type Match = string | ((family: 'ip' | 'ip6', network: string) => string);

/** What is not for the network itself, as `-s NETWORK ! -d NETWORK` says. */
export const leavingNetwork: Match = (family, network) => ` ${family} daddr != ${network}`;

/** Masquerades what comes from a network and leaves by an interface, as `-s NETWORK -o LINK -j MASQUERADE` does. */
export function masquerade(network: Dual, match: Match): string {
  const table = (family: 'ip' | 'ip6', prefix: string) =>
    `table ${family} netlab {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ${family} saddr ${prefix}${typeof match === 'string' ? match : match(family, prefix)} masquerade
  }
}
`;
  return table('ip', network.ipv4) + (network.ipv6 === undefined ? '' : table('ip6', network.ipv6));
}

/** The node of that name, changed. */
export function changed(
  nodes: readonly NodeState[],
  name: string,
  change: (node: NodeState) => NodeState,
): readonly NodeState[] {
  return nodes.map((node) => (node.name === name ? change(node) : node));
}
