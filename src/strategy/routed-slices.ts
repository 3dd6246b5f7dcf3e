/** What the designs share in which each host is the router of its own slice: br0 with the slice's first address, containers behind it. */
import type { BridgeLink, RouteState } from '#lab/state.js';
import { AddressError } from '../address/error.js';
import { macFromIpv4 } from '../address/mac.js';
import { addressAt } from '../address/prefix.js';
import { ipv6Of } from '../cluster/addressing.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { absent, type Declarations, type PromiseName } from '../declaration/promise.js';
import type { Attachment } from './contract.js';
import { attachToBridge, hostOf } from './flat-bridge.js';
import { type Dual, defaultRoutes, families, inNetwork } from './underlay.js';

/** A host's slice in both families. @throws AddressError when the slice is no prefix of the IPv6 network */
export function sliceOf(cluster: Cluster, { name, slice, slice6 }: Host): Dual {
  if (cluster.network.ipv6 === undefined) return { ipv4: slice };
  if (slice6 !== undefined) return { ipv4: slice, ipv6: slice6 };
  throw new AddressError(
    `the slice ${slice} of ${name} is no prefix in IPv6: its length must be a multiple of 8 bits, or the cluster without IPv6`,
  );
}

/** The host's address in its slice, its containers' gateway: .1. */
export function gatewayOf(cluster: Cluster, host: Host): Dual {
  const ipv4 = addressAt(host.slice, 1).text;
  const { ipv6 } = cluster.network;
  return ipv6 === undefined ? { ipv4 } : { ipv4, ipv6: ipv6Of(ipv6, ipv4) };
}

/** br0, which ends at the host: no cable to the outside is a port of it. */
export function sliceBridge(cluster: Cluster, host: Host): BridgeLink {
  const gateway = gatewayOf(cluster, host);
  return {
    kind: 'bridge',
    name: 'br0',
    mtuBytes: host.mtuBytes,
    // Left alone, a bridge takes the lowest MAC of its ports, and so changes its own whenever a container comes or goes.
    mac: macFromIpv4(gateway.ipv4),
    stp: false,
    forwardDelaySeconds: 0,
    addresses: inNetwork(sliceOf(cluster, host), gateway),
  };
}

/** A container in its host's slice, on br0, with the host as its gateway. */
export function attachToSlice(cluster: Cluster, container: Container, mtuBytes: number): Attachment {
  const host = hostOf(cluster, container);
  const routes = defaultRoutes('eth0', gatewayOf(cluster, host));
  return attachToBridge(cluster, container, mtuBytes, routes, { network: sliceOf(cluster, host) });
}

/** Routes to hosts' slices over the LAN that they are on. */
export function sliceRoutes(cluster: Cluster, hosts: readonly Host[], link: string): readonly RouteState[] {
  return hosts.flatMap((host) => routesVia(sliceOf(cluster, host), { ipv4: host.lanIpv4, ipv6: host.lanIpv6 }, link));
}

/**
 * Routes to the slices behind the routers of sites, over the backbone between these.
 * @param self the router that gets them; nobody reaches a site behind NAT
 */
export function siteSliceRoutes(cluster: Cluster, self: string): readonly RouteState[] {
  return cluster.hosts.flatMap((host) => {
    const own = cluster.sites[host.site]?.router;
    if (own === undefined || own.nat || own.name === self) return [];
    return routesVia(sliceOf(cluster, host), { ipv4: own.uplinkIpv4, ipv6: own.uplinkIpv6 }, 'eth0');
  });
}

/** Where two hosts have one slice, which a scenario may say on purpose, the second route to it would be refused. */
export function firstOfEach(routes: readonly RouteState[]): readonly RouteState[] {
  const known = new Set<string>();
  return routes.filter(({ destination }) => {
    const isFirst = destination === 'default' || !known.has(destination);
    known.add(destination);
    return isFirst;
  });
}

const needsRoutes: readonly PromiseName[] = [
  'container-to-container',
  'host-to-container',
  'native-ports',
  'path-mtu',
  'throughput',
  'dual-stack',
  'address-capacity',
];

/** What is lost where packets between the hosts' containers find no route. */
export function lostWithoutRoutes(why: string): Partial<Declarations> {
  return Object.fromEntries(needsRoutes.map((name) => [name, absent(why)]));
}

/** What is lost where the scenario puts hosts behind NAT; nothing elsewhere. */
export function lostBehindNat({ underlay: { nat } }: Cluster): Partial<Declarations> {
  if (nat.length === 0) return {};
  const why = `${nat.join(', ')} behind NAT: nobody has a route to the containers there`;
  const gone = absent(why);
  const more = { 'container-to-host': gone, 'lan-reachable': gone, 'no-nat': gone, 'crosses-routers': gone };
  return { ...lostWithoutRoutes(why), ...more };
}

function routesVia(slice: Dual, gateway: Dual, link: string): readonly RouteState[] {
  const over = families(gateway);
  return families(slice).flatMap((destination, i) => {
    const via = over[i];
    return via === undefined ? [] : [{ destination, via, link }];
  });
}
