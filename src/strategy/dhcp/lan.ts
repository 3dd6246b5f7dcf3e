/** What the LAN has beside the hosts: the machine that leases addresses, and the router that advertises itself. */
import type { NodeState, ServiceState } from '#lab/state.js';
import { addressAt, firstAddress, parseNetwork } from '../../address/prefix.js';
import { ipv6Of } from '../../cluster/addressing.js';
import type { Cluster, Outsider } from '../../cluster/cluster.js';
import { isRouted } from '../layer-2.js';
import { surroundings } from '../surroundings.js';
import { changed, inNetwork } from '../underlay.js';
import { dnsmasq, type Ipv6Offer, type Offer, routerAdvertisements } from './dnsmasq.js';
import { kea } from './kea.js';
import { offsets, type Parameters } from './parameters.js';

export const serverName = 'dhcp1';
/** DHCPv6 leases are of the first 65,536 addresses behind `::1:0`, where nothing else of the scheme is. */
const leased6 = { first: 0x1_0000n, last: 0x1_ffffn } as const;

/** The cluster with one more machine on its LAN, which is no cluster host: an outsider like others. */
export function withServer(cluster: Cluster): Cluster {
  const network = isRouted(cluster) ? (cluster.sites[0] ?? cluster.network) : cluster.network;
  const ipv4 = addressAt(network.ipv4, isRouted(cluster) ? offsets.routedServer : offsets.server).text;
  const server: Outsider = { name: serverName, ipv4, ...(network.ipv6 ? { ipv6: ipv6Of(network.ipv6, ipv4) } : {}) };
  return { ...cluster, outsiders: [...cluster.outsiders, server] };
}

/** Behind routers the LAN is another network than the one that it leases addresses of: it has an address in both. */
function inBothNetworks(cluster: Cluster, node: NodeState): NodeState {
  if (!isRouted(cluster)) return node;
  const ipv4 = serverAddress(cluster);
  const { ipv6 } = cluster.network;
  const more = inNetwork(cluster.network, { ipv4, ...(ipv6 ? { ipv6: ipv6Of(ipv6, ipv4) } : {}) });
  return { ...node, links: node.links.map((link) => ({ ...link, addresses: [...link.addresses, ...more] })) };
}

/** Everything around the hosts. Who has an address by plan takes none from advertisements. */
export function lan(cluster: Cluster, chosen: Parameters): readonly NodeState[] {
  const offer = offerOf(cluster, chosen);
  let nodes = surroundings(cluster);
  for (const { name } of cluster.outsiders)
    nodes = changed(nodes, name, (node) => ({ ...node, sysctls: { ...node.sysctls, ...unadvised(cluster, 'eth0') } }));
  nodes = changed(nodes, serverName, (node) => ({
    ...inBothNetworks(cluster, node),
    services: serverServices(cluster, chosen.server, offer),
  }));
  const { ipv6 } = offer;
  if (ipv6 === undefined || isRouted(cluster)) return nodes;
  return changed(nodes, cluster.router.name, (node) => ({
    ...node,
    services: [routerAdvertisements(node.name, 'eth0', ipv6)],
  }));
}

/** Sysctls of a node that has its addresses by plan, for the interface that the LAN's advertisements reach. */
export function unadvised({ network }: Cluster, link: string): Readonly<Record<string, string>> {
  return network.ipv6 === undefined ? {} : { [`net.ipv6.conf.${link}.accept_ra`]: '0' };
}

function serverServices(cluster: Cluster, server: Parameters['server'], offer: Offer): readonly ServiceState[] {
  const place = { node: serverName, ipv4: serverAddress(cluster) };
  return server === 'kea' ? kea(place, cluster.network.ipv4, offer) : [dnsmasq(place, offer)];
}

export function serverAddress({ network }: Cluster): string {
  return addressAt(network.ipv4, offsets.server).text;
}

function offerOf({ network, pool }: Cluster, { leaseSeconds, domain, ipv6Addresses }: Parameters): Offer {
  const gateway = addressAt(network.ipv4, offsets.gateway).text;
  return {
    pool: pool ?? { first: gateway, last: gateway },
    netmask: netmaskOf(network.ipv4),
    gateway,
    leaseSeconds,
    domain,
    ...(network.ipv6 === undefined ? {} : { ipv6: ipv6Offer(network.ipv6, ipv6Addresses) }),
  };
}

function ipv6Offer(network: string, from: Parameters['ipv6Addresses']): Ipv6Offer {
  const prefix = firstAddress(network).text;
  if (from === 'slaac') return { prefix, from };
  const [first, last] = [addressAt(network, leased6.first).text, addressAt(network, leased6.last).text];
  return { prefix, from: { pool: { first, last } } };
}

function netmaskOf(network: string): string {
  const { length } = parseNetwork(network);
  return [24, 16, 8, 0]
    .map((shift) => ((0xff_ff_ff_ff_00_00_00_00n >> BigInt(length)) >> BigInt(shift)) & 0xffn)
    .join('.');
}
