/** IPv6 inside of tunnels, where a small MTU leaves no room for it. */
import type { Cluster } from './cluster.js';

/** IPv6 needs links of this MTU (RFC 8200, section 5); the kernel takes it from smaller ones (addrconf_notify, net/ipv6/addrconf.c). */
const smallestMtuBytes = 1280;

/**
 * The cluster with addresses that interfaces of that MTU can have: without IPv6 in the cluster's network where it is too
 * small. The hosts' own LAN keeps its addresses.
 */
export function fittingIpv6(cluster: Cluster, mtuBytes: number): Cluster {
  if (mtuBytes >= smallestMtuBytes) return cluster;
  const hosts = cluster.hosts.map(({ slice6: _, ...host }) => ({
    ...withoutIpv6(host),
    containers: host.containers.map(withoutIpv6),
  }));
  return { ...cluster, network: { ipv4: cluster.network.ipv4 }, hosts };
}

function withoutIpv6<T extends { readonly ipv6?: string }>({ ipv6: _, ...rest }: T): Omit<T, 'ipv6'> {
  return rest;
}
