/** One more container for a cluster that is already resolved, as a host would give it an address while it runs. */
import { AddressError, parseAddress, sameAddress, toNumber } from '../address/ip.js';
import { contains } from '../address/prefix.js';
import { describeSlice, sliceAllocator, sliceRange } from '../address/slices.js';
import type { Cluster, Container, ContainerRequest, Host } from './cluster.js';
import { makeContainer } from './container.js';
import { isReservedName } from './names.js';

/** The lowest free address of the host's slice, its last one, or one more than it has (which is always refused). */
export type Place = 'next' | 'last' | 'beyond-last';

/**
 * The container that the host would start, with its addresses; the cluster stays as it is.
 * @param request a name, and what a person chooses: address, MAC, MTU in bytes
 * @throws AddressError when the slice has no such address, or the chosen name, address or MAC is refused
 */
export function allocateContainer(cluster: Cluster, host: string, request: ContainerRequest, place: Place): Container {
  const owner = cluster.hosts.find(({ name }) => name === host);
  if (owner === undefined) throw new AddressError(`there is no host ${host}; there are ${names(cluster.hosts)}`);
  refuseTakenName(cluster, request.name);
  const { address } = request;
  if (address !== undefined) choose(cluster, owner, address);
  const around = { from: cluster.containerAddresses, ipv6Network: cluster.network.ipv6, host: owner };
  const macs = new Set(containersOf(cluster).map(({ mac }) => mac));
  const container = makeContainer(request, around, () => assign(cluster, owner, place), macs);
  if (cluster.containerAddresses === 'host') return container;
  // A MAC is made of the address: where two hosts hand out the same one, neither of them knows.
  const twin = containersOf(cluster).find(({ mac, ipv4 }) => mac === container.mac && ipv4 !== container.ipv4);
  if (twin !== undefined) throw new AddressError(`${container.mac} is already the MAC of ${twin.name}`);
  return container;
}

function assign(cluster: Cluster, owner: Host, place: Place): string {
  // A host knows its own containers and what people wrote down; it does not know what other hosts handed out.
  const known = containersOf(cluster).filter(({ host, assigned }) => host === owner.name || assigned === 'manual');
  const allocator = sliceAllocator(
    owner.name,
    owner.slice,
    [owner, ...known].map(({ ipv4 }) => toNumber(ipv4)),
  );
  if (place === 'beyond-last') return allocator.beyondLast().text;
  return (place === 'last' ? allocator.last() : allocator.next()).text;
}

/** @throws AddressError when nobody may choose that address */
function choose(cluster: Cluster, owner: Host, chosen: string): void {
  const address = parseAddress(chosen);
  const { first, last, ...range } = sliceRange(owner.slice);
  if (first === undefined || last === undefined || !contains(range.slice, address)) {
    throw new AddressError(
      `${address.text} is not in ${owner.name}'s slice; ${describeSlice(sliceRange(owner.slice))}`,
    );
  }
  const everyone = [...cluster.hosts, ...cluster.outsiders, ...containersOf(cluster)];
  const twin = everyone.find(({ ipv4 }) => sameAddress(ipv4, address));
  if (twin !== undefined) throw new AddressError(`${address.text} is already the address of ${twin.name}`);
}

function refuseTakenName(cluster: Cluster, name: string): void {
  const taken = [...cluster.hosts, ...cluster.outsiders, ...containersOf(cluster)].map((node) => node.name);
  if (isReservedName(name) || taken.includes(name)) throw new AddressError(`there is already a node named ${name}`);
}

function containersOf(cluster: Cluster): readonly Container[] {
  return cluster.hosts.flatMap(({ containers }) => containers);
}

function names(nodes: ReadonlyArray<{ readonly name: string }>): string {
  return nodes.map(({ name }) => name).join(', ');
}
