/** The cluster resolver: from a scenario and an address scheme to a cluster in which every address is decided. Pure. */
import { AddressError, toNumber } from '../address/ip.js';
import { parseMac } from '../address/mac.js';
import { parseNetwork } from '../address/prefix.js';
import { sliceAllocator } from '../address/slices.js';
import type { HostSpec, OutsiderSpec, Scenario } from '../scenario/scenario.js';
import {
  type Addressing,
  addressingFor,
  capacityOf,
  hasOwnSlices,
  hostAddress,
  hostSlice,
  ipv6Of,
  type NetworkPair,
  numbered,
  outsiderAddress,
  uplinkOffset,
} from './addressing.js';
import type { Cluster, Container, Host, Outsider } from './cluster.js';
import { makeContainer, pair, type Surroundings } from './container.js';
import { reservedNames } from './names.js';
import { type LanPlan, planLans } from './sites.js';

/**
 * Decides every address that the scenario leaves open; what the scenario says is kept as it is.
 * @param addressing the strategy's choices; the rest is as in {@link addressingFor}
 * @throws AddressError when a slice cannot hold its containers, or the network not its hosts or outsiders
 */
export function resolveCluster(scenario: Scenario, addressing: Partial<Addressing> = {}): Cluster {
  const { hosts, outsiders, underlay, ipv6 } = scenario.cluster;
  const complete = addressingFor(addressing);
  const scheme = ipv6 ? complete : withoutIpv6(complete);
  checkCapacity(scheme, hosts.length, outsiders.length);
  const lans = planLans(scenario, scheme);
  const manual = hosts.flatMap((host) => host.containers.flatMap(({ address }) => address ?? [])).map(toNumber);
  const macs = new Set(hosts.flatMap((host) => host.containers.flatMap(({ mac }) => mac ?? [])).map(parseMac));
  return {
    network: pair('ipv4', parseNetwork(scheme.network).text, 'ipv6', scheme.ipv6Network),
    uplink: pair('ipv4', scheme.uplink.ipv4, 'ipv6', scheme.uplink.ipv6),
    hosts: hosts.map((host, i) => resolveHost(host, i + 1, scheme, lans, underlay.mtuBytes, manual, macs)),
    outsiders: resolveOutsiders(outsiders, scheme, lans),
    sites: lans.sites,
    containerAddresses: scheme.containers,
    ...(scheme.pool === null ? {} : { pool: scheme.pool }),
    underlay,
    ...resolveOutside(scheme, lans),
    switches: {
      lan: lans.sites[0]?.switch ?? reservedNames.lanSwitch,
      ...(hasUplinkSwitch(scheme, lans) ? { uplink: reservedNames.uplinkSwitch } : {}),
    },
  };
}

/** Only where r1 is not on the hosts' own LAN. */
function hasUplinkSwitch({ uplinkBy }: Addressing, { sites }: LanPlan): boolean {
  return uplinkBy === 'eth0' || sites.some(({ router }) => router !== undefined);
}

function resolveHost(
  spec: HostSpec,
  index: number,
  scheme: Addressing,
  lans: LanPlan,
  wireMtu: number,
  manual: readonly bigint[],
  macs: Set<string>,
): Host {
  const lan = lans.hostOn(index);
  const own =
    scheme.hostsOn === 'lan' && lan !== undefined ? lan : inNetwork(scheme, spec.address ?? hostAddress(scheme, index));
  const slice = spec.slice ?? hostSlice(scheme, index);
  const addresses = pair('ipv4', own.ipv4, 'ipv6', own.ipv6);
  const around = { from: scheme.containers, ipv6Network: scheme.ipv6Network, host: { name: spec.name, ...addresses } };
  const gateway = scheme.sameSlice || scheme.hostsOn === 'lan' ? [] : [toNumber(own.ipv4)];
  const allocator = sliceAllocator(spec.name, slice, [...gateway, ...manual]);
  const onLan = lan ?? own;
  return {
    name: spec.name,
    index,
    ...addresses,
    ...pair('lanIpv4', onLan.ipv4, 'lanIpv6', onLan.ipv6),
    site: lans.siteOf(index),
    ...uplinkAddresses(scheme, lans, onLan, index),
    slice,
    ...slice6Of(scheme, slice),
    mtuBytes: spec.mtuBytes ?? wireMtu,
    containers: makeContainers(spec, around, () => allocator.next().text, macs),
  };
}

/** One after the other: each has a MAC that none of those before it has. @param taken grows by theirs */
function makeContainers(
  { containers }: HostSpec,
  around: Surroundings,
  nextAddress: () => string,
  taken: Set<string>,
): readonly Container[] {
  return containers.map((spec) => {
    const container = makeContainer(spec, around, nextAddress, taken);
    taken.add(container.mac);
    return container;
  });
}

function inNetwork({ ipv6Network }: Addressing, ipv4: string): NetworkPair {
  return { ipv4, ipv6: ipv6Network === null ? null : ipv6Of(ipv6Network, ipv4) };
}

function uplinkAddresses(scheme: Addressing, lans: LanPlan, onLan: NetworkPair, index: number) {
  const byLan = scheme.uplinkBy === 'lan' || lans.sites.some(({ router }) => router !== undefined);
  return byLan
    ? pair('uplinkIpv4', onLan.ipv4, 'uplinkIpv6', onLan.ipv6)
    : numberedPair(scheme.uplink, 'uplinkIpv4', 'uplinkIpv6', uplinkOffset(index));
}

/** The part of the IPv6 network that repeats a slice: each byte of the prefix is 16 bits there. */
function slice6Of({ ipv6Network, ...scheme }: Addressing, slice: string): { slice6?: string } {
  const { length, network } = parseNetwork(slice);
  if (ipv6Network === null || !hasOwnSlices({ ipv6Network, ...scheme }) || length % 8 !== 0) return {};
  return { slice6: `${ipv6Of(ipv6Network, network.text)}/${64 + 2 * length}` };
}

function resolveOutsiders(specs: readonly OutsiderSpec[], scheme: Addressing, lans: LanPlan): Outsider[] {
  return specs.map(({ name, address }, i) => {
    const lan = lans.outsiderOn(i + 1);
    const chosen = address ?? outsiderAddress(scheme, i + 1);
    const { ipv4, ipv6 } = lan !== undefined && address === undefined ? lan : inNetwork(scheme, chosen);
    return { name, ...pair('ipv4', ipv4, 'ipv6', ipv6) };
  });
}

function resolveOutside(scheme: Addressing, lans: LanPlan): Pick<Cluster, 'router' | 'world'> {
  const gateway = lans.sites[0]?.gateway;
  const onLan = !hasUplinkSwitch(scheme, lans) && gateway !== undefined;
  const addresses = onLan
    ? pair('uplinkIpv4', gateway.ipv4, 'uplinkIpv6', gateway.ipv6 ?? null)
    : numberedPair(scheme.uplink, 'uplinkIpv4', 'uplinkIpv6', 1);
  return {
    router: { name: reservedNames.router, ...addresses },
    world: {
      name: reservedNames.world,
      ...numberedPair(scheme.world, 'ipv4', 'ipv6', 2),
      ...numberedPair(scheme.world, 'gatewayIpv4', 'gatewayIpv6', 1),
    },
  };
}

function checkCapacity(scheme: Addressing, hosts: number, outsiders: number): void {
  const capacity = capacityOf(scheme);
  const what = `${scheme.network} with slices of prefix length ${scheme.slicePrefixLength} has addresses for`;
  if (hosts > capacity.hosts) throw new AddressError(`${what} ${capacity.hosts} hosts, not ${hosts}`);
  if (outsiders > capacity.outsiders)
    throw new AddressError(`${what} ${capacity.outsiders} outsiders, not ${outsiders}`);
}

function withoutIpv6(addressing: Addressing): Addressing {
  const { uplink, world, lan } = addressing;
  const off = { ipv6: null };
  return {
    ...addressing,
    ipv6Network: null,
    uplink: { ...uplink, ...off },
    world: { ...world, ...off },
    lan: lan === null ? null : { ...lan, ...off },
  };
}

function numberedPair<K4 extends string, K6 extends string>(
  network: { readonly ipv4: string; readonly ipv6: string | null },
  key4: K4,
  key6: K6,
  offset: number,
) {
  const ipv6 = network.ipv6 === null ? null : numbered(network.ipv6, 'ipv6', offset);
  return pair(key4, numbered(network.ipv4, 'ipv4', offset), key6, ipv6);
}
