/** Containers with addresses of the LAN itself, from a slice for each host, and the LAN's router r1 as everyone's gateway. */
import { z } from 'zod';
import type { NodeState, RouteState } from '#lab/state.js';
import { addressAt } from '../address/prefix.js';
import { type Addressing, ipv6Of } from '../cluster/addressing.js';
import type { Cluster } from '../cluster/cluster.js';
import { absent, type Declarations } from '../declaration/promise.js';
import { type AddressingChoice, addressingParametersWith, chosenAddressing } from './addressing-parameters.js';
import type { EgressExpectation, Requirement } from './contract.js';
import { isRouted, lostBetweenRouters, withoutIpv6 } from './layer-2.js';
import { surroundings } from './surroundings.js';
import * as underlay from './underlay.js';

/** The addresses of home-cluster-routable-ips.txt, whose machines are 51, 52 and 53. */
export const lanParameters = {
  ...addressingParametersWith('192.168.0.0/16'),
  firstHost: z
    .int()
    .min(2)
    .max(250)
    .default(51)
    .describe('number of the first host: its address is .0.51, its slice .51.0/24'),
  routerNat: z.boolean().default(false).describe('r1 masquerades what leaves the LAN, as a home router does'),
};

interface LanChoice extends AddressingChoice {
  readonly firstHost: number;
  readonly routerNat: boolean;
}

/** @throws AddressError when the parts do not fit each other */
export function lanScheme(chosen: LanChoice): Addressing {
  const { firstHost } = chosen;
  return chosenAddressing(chosen, { firstHost, firstSlice: firstHost, uplinkBy: 'lan' });
}

/** Whether r1 translates addresses. On a routed underlay no container ever gets there. */
export function hasRouterNat(cluster: Cluster, { routerNat }: LanChoice): boolean {
  return routerNat && !isRouted(cluster);
}

export const routerMasquerading: readonly Requirement[] = [
  { kind: 'nftables', name: 'masquerade', why: 'routerNat: r1 masquerades what leaves the LAN' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the masquerading rules' },
];

export function lanEgress(nat: boolean): EgressExpectation {
  const why = nat
    ? 'r1 masquerades what leaves the LAN, so world sees r1'
    : 'the router is on the LAN and knows every container; nobody translates addresses';
  return { gateway: 'router', nat, why };
}

/** What changes where routers end the LAN of each host, and without IPv6. */
export function lanPromises(cluster: Cluster): Partial<Declarations> {
  const noEgress = absent("the containers' gateway is on the other side of the routers that end their host's LAN");
  const lost = isRouted(cluster) ? { egress: noEgress } : {};
  return { ...lostBetweenRouters(cluster), ...withoutIpv6(cluster), ...lost };
}

/** The LAN's router; on a routed underlay the address that it would have, which nobody has. */
export function lanGateway(cluster: Cluster, { network, gatewayOffset }: Addressing): readonly RouteState[] {
  const ipv4 = addressAt(network, gatewayOffset).text;
  const { ipv6 } = cluster.network;
  return underlay.defaultRoutes('eth0', { ipv4, ...(ipv6 === undefined ? {} : { ipv6: ipv6Of(ipv6, ipv4) }) });
}

/** Everything but hosts and containers. */
export function lanSurroundings(cluster: Cluster, nat: boolean): readonly NodeState[] {
  const nodes = surroundings(cluster);
  if (!nat) return nodes;
  const nftables = underlay.masquerade(cluster.network, ' oifname "eth1"');
  return underlay.changed(nodes, cluster.router.name, (router) => ({ ...router, nftables }));
}
