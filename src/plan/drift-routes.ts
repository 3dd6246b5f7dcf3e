import type { ObservedNode, ObservedRoute } from '#lab/lab.js';
import type { NodeState, RouteState } from '#lab/state.js';
import { isLinkLocal, networkOf } from './drift-address.js';
import type { Drift } from './drift.js';

/** The main routing table (RT_TABLE_MAIN, linux/rtnetlink.h): the only one that is observed. */
const mainTable = 254;

/** Routes of the main table that are missing, and those that nobody planned. */
export function routeDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const wanted = planned.routes.filter(({ table }) => table === undefined || table === mainTable);
  const missing = wanted.filter((route) => !observed.routes.some((seen) => matches(route, seen)));
  const connected = connectedNetworks(observed);
  const extra = observed.routes.filter(
    (seen) => !isKernels(seen, connected) && !wanted.some((route) => matches(route, seen)),
  );
  const [where, what] = [planned.name, 'route'];
  return [
    ...missing.map((route) => ({ where, what, planned: routeText(route), found: 'none' })),
    ...extra.map((route) => ({ where, what, planned: 'none', found: routeText(route) })),
  ];
}

/** What the plan leaves open (link, metric, source address) may be anything. */
function matches(planned: RouteState, seen: ObservedRoute): boolean {
  return (
    destinationOf(planned) === destinationOf(seen) &&
    (planned.kind ?? 'unicast') === (seen.kind || 'unicast') &&
    addressOf(planned.via) === addressOf(seen.via) &&
    isOpenOr(planned.link, seen.link) &&
    isOpenOr(planned.metric, seen.metric) &&
    isOpenOr(addressOf(planned.source), addressOf(seen.source))
  );
}

function isOpenOr(wanted: string | number | undefined, found: string | number | undefined): boolean {
  return wanted === undefined || wanted === found;
}

/** `default` of either family as the prefix that it means. */
function destinationOf({ destination, via }: { readonly destination: string; readonly via?: string }): string {
  if (destination !== 'default') return networkOf(destination);
  return via?.includes(':') === true ? '::/0' : '0.0.0.0/0';
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
  const destination = destinationOf(seen);
  if (seen.link === 'lo' || isLinkLocal(destination)) return true;
  return seen.via === undefined && connected.has(`${seen.link} ${destination}`);
}

function routeText({
  destination,
  via,
  link,
  source,
  metric,
  kind,
}: Omit<ObservedRoute, 'kind'> & { readonly kind?: string }): string {
  const prefix = kind === undefined || kind === '' || kind === 'unicast' ? '' : `${kind} `;
  return (
    prefix + destination + option('via', via) + option('dev', link) + option('src', source) + option('metric', metric)
  );
}

function option(name: string, value: string | number | undefined): string {
  return value === undefined ? '' : ` ${name} ${value}`;
}
