/**
 * Who speaks BGP with whom, in an AS of its own each, and what each of them ends up knowing.
 *
 *     one LAN                                   routed
 *
 *     h1 64601 ───┐                             h1 64601 ── gw1 65001 ──┐
 *     h2 64602 ───┼── r1 64512                  h2 64602 ── gw2 65002 ──┼── r1 64512
 *     h3 64603 ───┘                             h3 64603 ── gw3 65003 ──┘
 *
 * External BGP with an AS for each host and each router (RFC 7938; Calico's "AS per compute server"), not iBGP with r1 as
 * route reflector, Calico's default: reflected routes keep their next hop, so with routers in between each of these would
 * have to be a reflector that puts itself there, while here one rule serves one LAN and many, and no path has a loop.
 * Routers on the way take part: hosts that spoke with r1 across them (multihop) would send what they then drop.
 *
 * r1 tells each neighbour of the others. Where these share a LAN the next hop stays the neighbour that has the prefix
 * (RFC 4271, 5.1.3), so packets between them do not pass r1. One session for each family, over that family.
 */
import type { RouteState } from '#lab/state.js';
import type { Cluster, Host, Site, SiteRouter } from '../../cluster/cluster.js';
import { type Dual, families, siteOf } from '../underlay.js';

/** Numbers for private use (RFC 6996: 64512 to 65534); host x and site x have x added. */
const autonomousSystems = { router: 64_512, hosts: 64_600, sites: 65_000 } as const;

export interface Neighbour {
  readonly name: string;
  readonly as: number;
  readonly address: Dual;
  /** Hosts whose prefixes it is told of. */
  readonly hears: readonly Host[];
}

/** A node that speaks BGP. */
export interface Speaker {
  readonly name: string;
  readonly as: number;
  /** An IPv4 address of its own. */
  readonly routerId: string;
  readonly neighbours: readonly Neighbour[];
  readonly learns: readonly RouteState[];
}

/** The prefixes of a host's containers, in both families. */
export type PrefixesOf = (host: Host) => readonly Dual[];

/** Every node that speaks BGP: hosts, their routers, r1; nobody who is behind NAT, as no neighbour could reach it. */
export function speakersOf(cluster: Cluster, prefixesOf: PrefixesOf): readonly Speaker[] {
  const hosts = cluster.hosts.filter((host) => siteOf(cluster, host).router?.nat !== true);
  const routers = cluster.sites.flatMap((site, i) =>
    site.router === undefined || site.router.nat ? [] : [siteSpeaker(cluster, hosts, site, site.router, i, prefixesOf)],
  );
  return [
    ...hosts.flatMap((host) => hostSpeaker(cluster, hosts, host, prefixesOf)),
    ...routers,
    routerSpeaker(cluster, hosts, prefixesOf),
  ];
}

/** Its one neighbour is the router of its LAN. */
function hostSpeaker(cluster: Cluster, hosts: readonly Host[], host: Host, prefixesOf: PrefixesOf): readonly Speaker[] {
  const { gateway, router: own } = siteOf(cluster, host);
  if (gateway === undefined) return [];
  const as = own === undefined ? autonomousSystems.router : autonomousSystems.sites + host.site + 1;
  const nextHop = (other: Host): Dual => (other.site === host.site ? onLan(other) : gateway);
  return [
    {
      name: host.name,
      as: asOf(host),
      routerId: host.lanIpv4,
      neighbours: [{ name: gateway.name, as, address: gateway, hears: [host] }],
      learns: others(hosts, host).flatMap((other) => routesVia(prefixesOf(other), nextHop(other), 'eth1')),
    },
  ];
}

/** Between the hosts of its LAN and r1. */
function siteSpeaker(
  cluster: Cluster,
  hosts: readonly Host[],
  site: Site,
  own: SiteRouter,
  index: number,
  prefixesOf: PrefixesOf,
): Speaker {
  const inside = hosts.filter((host) => host.site === index);
  const outside = hosts.filter((host) => host.site !== index);
  const r1 = { name: cluster.router.name, as: autonomousSystems.router, address: onUplink(cluster.router) };
  return {
    name: own.name,
    as: autonomousSystems.sites + index + 1,
    routerId: site.gateway?.ipv4 ?? own.uplinkIpv4,
    neighbours: [...hostNeighbours(inside, hosts), { ...r1, hears: inside }],
    learns: [
      ...inside.flatMap((host) => routesVia(prefixesOf(host), onLan(host), 'eth1')),
      ...outside.flatMap((host) => routesVia(prefixesOf(host), onUplink(siteOf(cluster, host).router), 'eth0')),
    ],
  };
}

/** With all hosts, or with all their routers. */
function routerSpeaker(cluster: Cluster, hosts: readonly Host[], prefixesOf: PrefixesOf): Speaker {
  const sites = cluster.sites.flatMap(({ router: own }, i) =>
    own === undefined || own.nat ? [] : [siteNeighbour(hosts, own, i)],
  );
  const nextHop = (host: Host): Dual => {
    const own = siteOf(cluster, host).router;
    return own === undefined ? onLan(host) : onUplink(own);
  };
  return {
    name: cluster.router.name,
    as: autonomousSystems.router,
    routerId: cluster.router.uplinkIpv4,
    neighbours: sites.length > 0 ? sites : hostNeighbours(hosts, hosts),
    learns: hosts.flatMap((host) => routesVia(prefixesOf(host), nextHop(host), 'eth0')),
  };
}

function siteNeighbour(hosts: readonly Host[], own: SiteRouter, index: number): Neighbour {
  const hears = hosts.filter((host) => host.site !== index);
  return { name: own.name, as: autonomousSystems.sites + index + 1, address: onUplink(own), hears };
}

function hostNeighbours(neighbours: readonly Host[], all: readonly Host[]): readonly Neighbour[] {
  return neighbours.map((host) => ({
    name: host.name,
    as: asOf(host),
    address: onLan(host),
    hears: others(all, host),
  }));
}

const asOf = ({ index }: Host): number => autonomousSystems.hosts + index;
const onLan = ({ lanIpv4, lanIpv6 }: Host): Dual => ({ ipv4: lanIpv4, ipv6: lanIpv6 });
const others = (hosts: readonly Host[], { name }: Host): readonly Host[] => hosts.filter((one) => one.name !== name);

function onUplink(router: { readonly uplinkIpv4: string; readonly uplinkIpv6?: string } | undefined): Dual {
  return { ipv4: router?.uplinkIpv4 ?? '', ipv6: router?.uplinkIpv6 };
}

function routesVia(prefixes: readonly Dual[], gateway: Dual, link: string): readonly RouteState[] {
  const over = families(gateway);
  return prefixes.flatMap((prefix) =>
    families(prefix).flatMap((destination, i) => {
      const via = over[i];
      return via === undefined ? [] : [{ destination, via, link }];
    }),
  );
}
