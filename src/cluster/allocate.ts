/** One more container for a cluster that is already resolved, as a host would give it an address while it runs. */
import { AddressError, parseAddress, sameAddress, toNumber } from '../address/ip.js';
import { contains } from '../address/prefix.js';
import { describeSlice, sliceAllocator, sliceRange } from '../address/slices.js';
import type { Cluster, Container, ContainerRequest, Host } from './cluster.js';
import { makeContainer } from './container.js';

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
  const ipv4 = request.address === undefined ? assign(cluster, owner, place) : choose(cluster, owner, request.address);
  const container = makeContainer(request, host, ipv4, cluster.network.ipv6);
  const twin = containersOf(cluster).find(({ mac }) => mac === container.mac);
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
  if (place === 'beyond-last') return allocator.beyondLast();
  return (place === 'last' ? allocator.last() : allocator.next()).text;
}

function choose(cluster: Cluster, owner: Host, chosen: string): string {
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
  return address.text;
}

function refuseTakenName(cluster: Cluster, name: string): void {
  const { router, world, switches } = cluster;
  const taken = [router.name, world.name, switches.lan, switches.uplink];
  for (const node of [...cluster.hosts, ...cluster.outsiders, ...containersOf(cluster)]) taken.push(node.name);
  if (taken.includes(name)) throw new AddressError(`there is already a node named ${name}`);
}

function containersOf(cluster: Cluster): readonly Container[] {
  return cluster.hosts.flatMap(({ containers }) => containers);
}

function names(nodes: ReadonlyArray<{ readonly name: string }>): string {
  return nodes.map(({ name }) => name).join(', ');
}
