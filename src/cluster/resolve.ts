/** The cluster resolver: from a scenario and an address scheme to a cluster in which every address is decided. Pure. */
import { AddressError, toNumber } from '../address/ip.js';
import { parseNetwork } from '../address/prefix.js';
import { sliceAllocator } from '../address/slices.js';
import type { HostSpec, OutsiderSpec, Scenario } from '../scenario/scenario.js';
import {
  type Addressing,
  addressingFor,
  capacityOf,
  hostAddress,
  hostSlice,
  ipv6Of,
  numbered,
  outsiderAddress,
  uplinkOffset,
} from './addressing.js';
import type { Cluster, Host, Outsider } from './cluster.js';
import { makeContainer, pair } from './container.js';

/** Names of the nodes that every cluster has; a scenario may not give them to others. */
export const reservedNames = { router: 'r1', world: 'world', lanSwitch: 'sw1', uplinkSwitch: 'sw0' } as const;

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
  const manual = hosts.flatMap((host) => host.containers.flatMap(({ address }) => address ?? [])).map(toNumber);
  return {
    network: pair('ipv4', parseNetwork(scheme.network).text, 'ipv6', scheme.ipv6Network),
    uplink: pair('ipv4', scheme.uplink.ipv4, 'ipv6', scheme.uplink.ipv6),
    hosts: hosts.map((host, i) => resolveHost(host, i + 1, scheme, underlay.mtuBytes, manual)),
    outsiders: resolveOutsiders(outsiders, scheme),
    underlay,
    ...resolveOutside(scheme),
    switches: { lan: reservedNames.lanSwitch, uplink: reservedNames.uplinkSwitch },
  };
}

function resolveHost(
  spec: HostSpec,
  index: number,
  scheme: Addressing,
  wireMtu: number,
  manual: readonly bigint[],
): Host {
  const ipv4 = spec.address ?? hostAddress(scheme, index);
  const slice = spec.slice ?? hostSlice(scheme, index);
  const { uplink, ipv6Network } = scheme;
  const allocator = sliceAllocator(spec.name, slice, [toNumber(ipv4), ...manual]);
  return {
    name: spec.name,
    index,
    ...pair('ipv4', ipv4, 'ipv6', ipv6Network === null ? null : ipv6Of(ipv6Network, ipv4)),
    ...numberedPair(uplink, 'uplinkIpv4', 'uplinkIpv6', uplinkOffset(index)),
    slice,
    mtuBytes: spec.mtuBytes ?? wireMtu,
    containers: spec.containers.map((container) =>
      makeContainer(container, spec.name, container.address ?? allocator.next().text, ipv6Network),
    ),
  };
}

function resolveOutsiders(specs: readonly OutsiderSpec[], scheme: Addressing): Outsider[] {
  return specs.map(({ name, address }, i) => {
    const ipv4 = address ?? outsiderAddress(scheme, i + 1);
    return {
      name,
      ...pair('ipv4', ipv4, 'ipv6', scheme.ipv6Network === null ? null : ipv6Of(scheme.ipv6Network, ipv4)),
    };
  });
}

function resolveOutside(scheme: Addressing): Pick<Cluster, 'router' | 'world'> {
  return {
    router: { name: reservedNames.router, ...numberedPair(scheme.uplink, 'uplinkIpv4', 'uplinkIpv6', 1) },
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
  const { uplink, world } = addressing;
  return { ...addressing, ipv6Network: null, uplink: { ...uplink, ipv6: null }, world: { ...world, ipv6: null } };
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
