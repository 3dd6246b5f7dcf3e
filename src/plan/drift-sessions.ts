/** Routing daemons: sessions that are down, prefixes that nobody is told of, routes that the kernel does not have. Pure. */
import type { ObservedNode, ObservedRoute } from '#lab/lab.js';
import type { ObservedRouting, ObservedSession } from '#lab/routing.js';
import type { NodeState, RouteState, RoutingSession, RoutingState } from '#lab/state.js';
import type { Drift } from './difference.js';
import { networkOf } from './drift-address.js';
import { matches } from './drift-routes.js';
import { routeText } from './routing-words.js';

/** What a daemon is to do and does not; of many prefixes or routes of one kind the first one is told, and how many there are. */
export function sessionDrift(
  planned: NodeState,
  observed: ObservedNode,
  daemons: readonly ObservedRouting[],
): readonly Drift[] {
  return planned.services.flatMap(({ name, routing }) => {
    if (routing === undefined) return [];
    const missing = routing.learns.filter((route) => !observed.routes.some((seen) => matches(route, seen)));
    const daemon = daemons.find(({ service }) => service === name);
    return [
      ...daemonDrift(planned.name, name, routing, daemon, missing),
      ...learnedDrift(planned.name, routing, observed, missing),
    ];
  });
}

function daemonDrift(
  where: string,
  name: string,
  { sessions }: RoutingState,
  daemon: ObservedRouting | undefined,
  missing: readonly RouteState[],
): readonly Drift[] {
  if (daemon === undefined || daemon.problem !== undefined)
    return [{ where, what: `service ${name}`, planned: 'answering', found: daemon?.problem ?? 'not there' }];
  // Nobody can pass on what has not been told.
  const unknown = new Set(missing.map(({ destination }) => networkOf(destination)));
  return sessions.flatMap((session) => {
    const found = daemon.sessions.find((one) => one.name === session.name);
    return oneSession(where, session, found, unknown);
  });
}

function oneSession(
  where: string,
  { name, peer, neighbour, announces }: RoutingSession,
  found: ObservedSession | undefined,
  unknown: ReadonlySet<string>,
): readonly Drift[] {
  if (found?.isUp !== true) {
    const what = `the session ${name} with ${peer} (${neighbour})`;
    return [{ where, what, planned: 'Established', found: found?.state ?? 'not configured' }];
  }
  const told = new Set(found.announced.map(networkOf));
  const kept = announces.map(networkOf).filter((prefix) => !told.has(prefix) && !unknown.has(prefix));
  if (kept.length === 0) return [];
  return [{ where, what: `what ${name} announces to ${peer}`, planned: several(kept), found: 'nothing of it' }];
}

function learnedDrift(
  where: string,
  { program }: RoutingState,
  { routes }: ObservedNode,
  missing: readonly RouteState[],
): readonly Drift[] {
  const [first] = missing;
  if (first === undefined) return [];
  const instead = routes.find((seen) => isSameDestination(first, seen));
  const found = instead === undefined ? 'none' : routeText(instead);
  return [{ where, what: `route of ${program}`, planned: several(missing.map(routeText)), found }];
}

function isSameDestination(planned: RouteState, { destination }: ObservedRoute): boolean {
  return destination !== 'default' && networkOf(planned.destination) === networkOf(destination);
}

function several(all: readonly string[]): string {
  const [first = 'nothing', ...more] = all;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
