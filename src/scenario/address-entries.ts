/** Who has which address in a scenario, and where in the file it stands: what the address rules compare. */
import { toNumber } from '../address/ip.js';
import { macFromIpv4 } from '../address/mac.js';
import { firstAddress, lastAddress, parsePrefix } from '../address/prefix.js';
import { sliceAllocator } from '../address/slices.js';
import {
  type Addressing,
  capacityOf,
  hasOwnSlices,
  hostAddress,
  hostSlice,
  outsiderAddress,
} from '../cluster/addressing.js';
import { hostPath } from './places.js';
import type { Path } from './problem.js';
import type { HostSpec, Scenario } from './scenario.js';

/** An IPv4 or a MAC address. */
export interface AddressEntry {
  readonly owner: string;
  readonly address: string;
  /** True when a person wrote it into the scenario. */
  readonly manual: boolean;
  readonly path: Path;
}

export interface SliceEntry {
  readonly owner: string;
  readonly slice: string;
  readonly manual: boolean;
  readonly path: Path;
  /** First and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
}

/** The slice of every host for which the scheme has one of its own; the list index is the host's. */
export function slicesOf({ cluster }: Scenario, addressing: Addressing): SliceEntry[] {
  if (!hasOwnSlices(addressing)) return [];
  return cluster.hosts.slice(0, capacityOf(addressing).hosts).map(({ name, slice: written }, i) => {
    const prefix = parsePrefix(written ?? hostSlice(addressing, i + 1));
    const [first, last] = [toNumber(firstAddress(prefix)), toNumber(lastAddress(prefix))];
    return { owner: name, slice: prefix.text, manual: written !== undefined, path: hostPath(i, 'slice'), first, last };
  });
}

/** The addresses of hosts and outsiders in the cluster network. */
export function fixedAddresses({ cluster }: Scenario, addressing: Addressing): AddressEntry[] {
  const most = capacityOf(addressing);
  const hosts = cluster.hosts.slice(0, most.hosts).map(({ name, address: written }, i) => {
    const address = written ?? hostAddress(addressing, i + 1);
    return { owner: name, address, manual: written !== undefined, path: hostPath(i, 'address') };
  });
  const outsiders = cluster.outsiders.slice(0, most.outsiders).map(({ name, address: written }, i) => {
    const path = ['cluster', 'outsiders', i, 'address'];
    return { owner: name, address: written ?? outsiderAddress(addressing, i + 1), manual: written !== undefined, path };
  });
  return [...(addressing.hostsOn === 'lan' ? [] : hosts), ...(addressing.lan === null ? outsiders : [])];
}

/** The addresses that people wrote for containers. */
export function manualAddresses({ cluster }: Scenario): AddressEntry[] {
  return cluster.hosts.flatMap(({ containers }, i) =>
    containers.flatMap(({ name, address }, j) =>
      address === undefined
        ? []
        : [{ owner: name, address, manual: true, path: hostPath(i, 'containers', j, 'address') }],
    ),
  );
}

/** The MACs of all containers, those first that follow from the address; none when no MAC is written by hand. */
export function containerMacs(scenario: Scenario, addressing: Addressing): AddressEntry[] {
  const written = scenario.cluster.hosts.flatMap(({ containers }, i) =>
    containers.flatMap(({ name, mac }, j) =>
      mac === undefined ? [] : [{ owner: name, address: mac, manual: true, path: hostPath(i, 'containers', j, 'mac') }],
    ),
  );
  return written.length === 0 ? [] : [...derivedMacs(scenario, addressing), ...written];
}

function derivedMacs(scenario: Scenario, addressing: Addressing): AddressEntry[] {
  const manual = manualAddresses(scenario).map(({ address }) => toNumber(address));
  const isGateway = addressing.hostsOn === 'network';
  return slicesOf(scenario, addressing).flatMap(({ slice }, i) => {
    const host = scenario.cluster.hosts[i];
    return host === undefined
      ? []
      : hostMacs(host, slice, [
          ...(isGateway ? [toNumber(host.address ?? hostAddress(addressing, i + 1))] : []),
          ...manual,
        ]);
  });
}

function hostMacs({ name: host, containers }: HostSpec, slice: string, taken: readonly bigint[]): AddressEntry[] {
  const allocator = sliceAllocator(host, slice, taken);
  let left = allocator.free;
  return containers.flatMap(({ name, address, mac }) => {
    if (address === undefined && left-- <= 0) return [];
    const ipv4 = address ?? allocator.next().text;
    return mac === undefined ? [{ owner: name, address: macFromIpv4(ipv4), manual: false, path: [] }] : [];
  });
}
