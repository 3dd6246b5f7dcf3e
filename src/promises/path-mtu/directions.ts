/** Between which endpoints the path MTU is measured: probe endpoints with a larger interface MTU, and real containers. */
import { counted, enumerate } from '../../check/words.js';
import type { Family } from '#lab/sockets.js';
import { AddressError } from '../../address/error.js';
import { ipv6MinimumBytes } from '../../address/ip.js';
import type { Endpoint, Plan } from '../../plan/plan.js';
import type { CheckContext } from '../../check/contract.js';
import { commonFamilies, containersByHost, spread } from '../../probes/endpoint-choice.js';
import { type Expectation, expectationsOf } from './expectation.js';
import { orRefusal } from '../../reachability/guest-flows.js';

/** Jumbo frames as most switches have them: what the wire could carry if it carried more than predicted. */
const JUMBO_BYTES = 9000;
const HEADROOM_BYTES = 216;
const LARGEST_BYTES = 65535;
/** Pairs of a probe endpoint and a container: all up to this many, then a covering design. */
const ALL_PAIRS = 64;
/** Each asks for a MAC address with a broadcast that every port of the LAN gets: the cost grows with the square. */
const MOST_CONTAINERS = 256;
/** Hosts up to which every ordered pair of them is covered. */
const ALL_HOSTS = 16;

export interface Pair {
  /** The probe endpoint. */
  readonly guest: Endpoint;
  readonly container: Endpoint;
}

export interface Direction extends Expectation {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly family: Family;
}

/** Interface MTU of a probe endpoint: large enough not to be the first that cuts a packet. */
export function probeMtuBytes({ mtu }: Plan): number {
  return Math.min(LARGEST_BYTES, Math.max(mtu.wireBytes, JUMBO_BYTES) + HEADROOM_BYTES);
}

/** One probe endpoint on each host that has containers and a free address, and on which it gets a lease where one is needed. */
export async function addProbes({ plan, guests }: CheckContext): Promise<readonly Endpoint[]> {
  const hosts = [...containersByHost(plan).keys()];
  const mtuBytes = probeMtuBytes(plan);
  const request = (host: string) => ({ host, address: 'next', mtuBytes }) as const;
  try {
    return await guests.add(hosts.map(request), 'leave out');
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    const each = await Promise.all(hosts.map((host) => orRefusal(guests.add([request(host)]))));
    return each.flatMap((added) => (added instanceof AddressError ? [] : added));
  }
}

/**
 * All pairs in small labs; otherwise every ordered pair of hosts, and every container with one probe endpoint as long as
 * there are not too many.
 */
export function choosePairs(plan: Plan, guests: readonly Endpoint[]): readonly Pair[] {
  const byHost = [...containersByHost(plan).values()];
  const containers = byHost.flat();
  if (guests.length * containers.length <= ALL_PAIRS)
    return guests.flatMap((guest) => containers.map((container) => ({ guest, container })));
  const chosen = new Map<string, Pair>();
  const choose = (guest: Endpoint | undefined, container: Endpoint | undefined) => {
    if (guest !== undefined && container !== undefined)
      chosen.set(`${guest.node} ${container.node}`, { guest, container });
  };
  byHost.forEach((all, host) => {
    const own = spread(all, Math.ceil(MOST_CONTAINERS / byHost.length));
    own.forEach((container, index) => choose(guests[(host + index) % guests.length], container));
    // The container with the right number is the one that was just chosen for this guest, where there is one.
    if (guests.length <= ALL_HOSTS)
      guests.forEach((guest, index) => choose(guest, own[(index - host + guests.length) % guests.length] ?? own[0]));
  });
  return [...chosen.values()];
}

/** Both directions of each pair, in each family that can be measured. */
export function directionsOf(plan: Plan, pairs: readonly Pair[]): readonly Direction[] {
  const expected = expectationsOf(plan);
  return pairs.flatMap(({ guest, container }) => {
    const ways = [[guest, container] as const, [container, guest] as const];
    return commonFamilies(guest, container).flatMap((family) =>
      ways
        .map(([from, to]) => ({ from, to, family, ...expected(from, to) }))
        .filter(({ predictedBytes }) => family === 'ipv4' || predictedBytes >= ipv6MinimumBytes),
    );
  });
}

export function directionName({ from, to }: Pick<Direction, 'from' | 'to'>): string {
  return `${from.node} -> ${to.node}`;
}

/** Each pair of ends once, whatever families were measured between them: `in 2 directions, IPv4 and IPv6: a to b and b to a` */
export function directionsWords(group: readonly Pick<Direction, 'from' | 'to' | 'family'>[]): string {
  const names = new Set(group.map(directionName));
  const families = group.map(({ family }) => (family === 'ipv4' ? 'IPv4' : 'IPv6')).toSorted();
  return `in ${counted(names.size, 'direction')}, ${enumerate(families)}: ${enumerate(names)}`;
}
