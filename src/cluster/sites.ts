/** The LANs between the hosts: one switch for all, or one for each host behind a router of its own. */
import { AddressError } from '../address/ip.js';
import { addressAt, blockAt, overlaps } from '../address/prefix.js';
import type { Scenario } from '../scenario/scenario.js';
import { type Addressing, ipv6Of, type NetworkPair, numbered, separateLan, uplinkOffset } from './addressing.js';
import type { Site } from './cluster.js';
import { pair } from './container.js';
import { reservedNames } from './names.js';

/** Offsets in the LAN of a routed site: its router, its host, and the first of its outsiders. */
const routedOffsets = { gateway: 1, host: 10, outsiders: 100 } as const;
/** Offsets in a switched LAN of its own (a /16): host x is .0.x, outsider x is .1.x, the gateway the last address. */
const switchedOffsets = { outsiders: 256, gateway: 65_534 } as const;

/** The sites, and who has which address there. */
export interface LanPlan {
  readonly sites: readonly Site[];
  readonly siteOf: (host: number) => number;
  /** Address of host x on its LAN; undefined where the LAN is the cluster network itself. */
  readonly hostOn: (index: number) => NetworkPair | undefined;
  /** Address of outsider x; undefined where the LAN is the cluster network itself. */
  readonly outsiderOn: (index: number) => NetworkPair | undefined;
}

/**
 * @param scheme complete; `lan` says whether hosts are in a network of their own
 * @throws AddressError when the LAN of a routed underlay overlaps the cluster network
 */
export function planLans(scenario: Scenario, scheme: Addressing): LanPlan {
  if (scenario.cluster.underlay.kind === 'routed') return routed(scenario, scheme);
  return scheme.lan === null ? theNetworkItself(scheme) : switched(scheme, scheme.lan);
}

function theNetworkItself({ network, ipv6Network, gatewayOffset, uplinkBy }: Addressing): LanPlan {
  const ipv4 = addressAt(network, gatewayOffset).text;
  const gateway = { name: reservedNames.router, ...both({ ipv4, ipv6: ipv6Network && ipv6Of(ipv6Network, ipv4) }) };
  const lan = both({ ipv4: network, ipv6: ipv6Network });
  const site = { switch: reservedNames.lanSwitch, ...lan, ...(uplinkBy === 'lan' ? { gateway } : {}) };
  return { sites: [site], siteOf: () => 0, hostOn: () => undefined, outsiderOn: () => undefined };
}

function switched({ uplinkBy }: Addressing, lan: NetworkPair): LanPlan {
  const net = { ipv4: lan.ipv4, ipv6: lan.ipv6 && blockAt(lan.ipv6, 64, 0).text };
  const at = addressesOf(net);
  const gateway = { name: reservedNames.router, ...both(at(switchedOffsets.gateway)) };
  const site = { switch: reservedNames.lanSwitch, ...both(net), ...(uplinkBy === 'lan' ? { gateway } : {}) };
  return {
    sites: [site],
    siteOf: () => 0,
    hostOn: at,
    outsiderOn: (index) => at(switchedOffsets.outsiders + index),
  };
}

function routed({ cluster }: Scenario, scheme: Addressing): LanPlan {
  const lan = { ...(scheme.lan ?? separateLan), ...(scheme.ipv6Network === null ? { ipv6: null } : {}) };
  if (overlaps(lan.ipv4, scheme.network))
    throw new AddressError(`${scheme.network} overlaps ${lan.ipv4}, the hosts' own networks in a routed underlay`);
  const nets = cluster.hosts.map((_, i) => ({
    ipv4: blockAt(lan.ipv4, 24, i + 1).text,
    ipv6: lan.ipv6 && blockAt(lan.ipv6, 64, i + 1).text,
  }));
  const at = (site: number, offset: number) => addressesOf(nets[site] as NetworkPair)(offset);
  return {
    sites: nets.map((net, i) =>
      routedSite(net, i + 1, scheme, cluster.underlay.nat.includes(cluster.hosts[i]?.name ?? '')),
    ),
    siteOf: (host) => host - 1,
    hostOn: (index) => at(index - 1, routedOffsets.host),
    outsiderOn: (index) => at(0, routedOffsets.outsiders + index - 1),
  };
}

function routedSite(net: NetworkPair, index: number, { uplink }: Addressing, nat: boolean): Site {
  const name = reservedNames.siteRouter(index);
  const outside = (family: 'ipv4' | 'ipv6') => {
    const network = uplink[family];
    return network === null ? null : numbered(network, family, uplinkOffset(index));
  };
  return {
    switch: reservedNames.siteSwitch(index),
    ...both(net),
    gateway: { name, ...both(addressesOf(net)(routedOffsets.gateway)) },
    router: { name, nat, ...pair('uplinkIpv4', outside('ipv4') ?? '', 'uplinkIpv6', outside('ipv6')) },
  };
}

/** The n-th address of both families; the IPv6 one repeats the IPv4 one. */
function addressesOf({ ipv4: network, ipv6 }: NetworkPair): (offset: number) => NetworkPair {
  return (offset) => {
    const ipv4 = addressAt(network, offset).text;
    return { ipv4, ipv6: ipv6 && ipv6Of(ipv6, ipv4) };
  };
}

function both({ ipv4, ipv6 }: NetworkPair) {
  return pair('ipv4', ipv4, 'ipv6', ipv6);
}
