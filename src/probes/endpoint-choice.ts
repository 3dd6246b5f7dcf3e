/** Which endpoints a check measures between. */
import type { Family } from '#lab/sockets.js';
import { isUnspecified } from '../address/ip.js';
import type { Endpoint, Plan } from '../plan/plan.js';

/** The containers of each host that has any, in the plan's order. */
export function containersByHost(plan: Plan): ReadonlyMap<string, readonly Endpoint[]> {
  const hosts = plan.cluster.hosts.map(({ name }) => name);
  const own = (host: string) => plan.endpoints.filter((end) => end.role === 'container' && end.host === host);
  return new Map(hosts.map((host) => [host, own(host)] as const).filter(([, containers]) => containers.length > 0));
}

export function containersOf(plan: Plan): readonly Endpoint[] {
  return plan.endpoints.filter(({ role }) => role === 'container');
}

/** @throws TypeError when the endpoint has no address of the family: ask {@link commonFamilies} first */
export function addressIn(endpoint: Endpoint, family: Family): string {
  const address = family === 'ipv4' ? endpoint.ipv4 : endpoint.ipv6;
  if (address === undefined) throw new TypeError(`${endpoint.node} has no ${family} address`);
  return address;
}

/** Families in which both ends have an address. */
export function commonFamilies(a: Endpoint, b: Endpoint): readonly Family[] {
  return hasIpv6(a) && hasIpv6(b) ? ['ipv4', 'ipv6'] : ['ipv4'];
}

/** One that the network has not told yet is none. */
function hasIpv6({ ipv6 }: Endpoint): boolean {
  return ipv6 !== undefined && !isUnspecified(ipv6);
}

/**
 * All ordered pairs of different items when there are few; otherwise each item with its next ones in a ring, so that every
 * item is at each end equally often.
 * @param limit most pairs that are wanted
 */
export function orderedPairs<T>(items: readonly T[], limit: number): ReadonlyArray<readonly [T, T]> {
  const count = items.length;
  const reach = Math.max(1, Math.min(count - 1, Math.floor(limit / Math.max(1, count))));
  const steps = Array.from({ length: count > 1 ? reach : 0 }, (_, step) => step + 1);
  return items.flatMap((item, index) => steps.map((step) => [item, items[(index + step) % count] as T] as const));
}

/** At most so many of them, evenly spread. */
export function spread<T>(items: readonly T[], limit: number): readonly T[] {
  const step = items.length / limit;
  return items.length <= limit
    ? items
    : Array.from({ length: limit }, (_, index) => items[Math.floor(index * step)] as T);
}

/** `all 6 ordered pairs of hosts`, `36 of 90 ordered pairs of hosts` */
export function pairCoverage(measured: number, items: number, what: string): string {
  const all = items * (items - 1);
  return measured === all ? `all ${all} ordered pairs of ${what}` : `${measured} of ${all} ordered pairs of ${what}`;
}
