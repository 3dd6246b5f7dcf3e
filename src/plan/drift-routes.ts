import type { ObservedNextHop, ObservedNode, ObservedRoute } from '#lab/lab.js';
import type { NodeState, RouteState } from '#lab/state.js';
import { isLinkLocal, networkOf } from './drift-address.js';
import type { Drift } from './difference.js';
import { type Hops, hopsOf, routeText } from './routing-words.js';

/** The main routing table (RT_TABLE_MAIN, linux/rtnetlink.h). */
const mainTable = 254;

/** Routes of any table that are missing, and those that nobody planned; what daemons route is their own affair. */
export function routeDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const found = [...observed.routes, ...observed.otherRoutes];
  const missing = planned.routes.filter((route) => !found.some((seen) => matches(route, seen)));
  const connected = connectedNetworks(observed);
  const extra = found.filter(
    (seen) => isSetByHand(seen) && !isKernels(seen, connected) && !planned.routes.some((route) => matches(route, seen)),
  );
  const [where, what] = [planned.name, 'route'];
  return [
    ...missing.map((route) => ({ where, what, planned: routeText(route), found: 'none' })),
    ...extra.map((route) => ({ where, what, planned: 'none', found: routeText(route) })),
  ];
}

/**
 * True for routes and rules that somebody set, or netlab: those of a routing daemon, a DHCP client or router
 * advertisements have a protocol of their own (RTPROT_*, linux/rtnetlink.h).
 */
export function isSetByHand({ protocol }: { readonly protocol: string }): boolean {
  return ['static', 'boot', 'unspec'].includes(protocol);
}

/** What the plan leaves open (link, metric, source address, MTU) may be anything. */
export function matches(planned: RouteState, seen: ObservedRoute): boolean {
  return (
    (planned.table ?? mainTable) === (seen.table ?? mainTable) &&
    destinationOf(planned) === destinationOf(seen) &&
    (planned.kind ?? 'unicast') === (seen.kind || 'unicast') &&
    sameHops(hopsOf(planned), hopsOf(seen)) &&
    isOpenOr(planned.metric, seen.metric) &&
    isOpenOr(planned.mtuBytes, seen.mtuBytes) &&
    isOpenOr(addressOf(planned.source), addressOf(seen.source))
  );
}

/** In any order. */
function sameHops(planned: readonly ObservedNextHop[], seen: readonly ObservedNextHop[]): boolean {
  return planned.length === seen.length && planned.every((hop) => seen.some((other) => sameHop(hop, other)));
}

function sameHop(planned: ObservedNextHop, seen: ObservedNextHop): boolean {
  return (
    addressOf(planned.via) === addressOf(seen.via) &&
    isOpenOr(planned.link, seen.link) &&
    isOpenOr(planned.onLink, seen.onLink)
  );
}

function isOpenOr<T>(wanted: T | undefined, found: T | undefined): boolean {
  return wanted === undefined || wanted === found;
}

/** `default` of either family as the prefix that it means. */
function destinationOf({ destination, ...route }: Hops & { readonly destination: string }): string {
  if (destination !== 'default') return networkOf(destination);
  return hopsOf(route)[0]?.via?.includes(':') === true ? '::/0' : '0.0.0.0/0';
}

function addressOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : networkOf(address);
}

/** Networks to which the kernel makes a route for each address, as `link network`. */
function connectedNetworks(observed: ObservedNode): ReadonlySet<string> {
  return new Set(
    observed.links.flatMap(({ name, addresses }) => addresses.map((address) => `${name} ${networkOf(address)}`)),
  );
}

function isKernels(seen: ObservedRoute, connected: ReadonlySet<string>): boolean {
  if (seen.table !== undefined) return false;
  const destination = destinationOf(seen);
  if (seen.link === 'lo' || isLinkLocal(destination)) return true;
  return seen.via === undefined && connected.has(`${seen.link} ${destination}`);
}
