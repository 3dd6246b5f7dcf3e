/** Routing daemons: sessions that are down, prefixes that nobody is told of, routes that the kernel does not have. Pure. */
import type { ObservedNode, ObservedRoute } from '#lab/lab.js';
import type { ObservedRouting, ObservedSession } from '#lab/routing.js';
import type { NodeState, RouteState, RoutingSession, RoutingState } from '#lab/state.js';
import type { Drift } from './drift.js';
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
    const daemon = daemons.find(({ service }) => service === name);
    return [...daemonDrift(planned.name, name, routing, daemon), ...learnedDrift(planned.name, routing, observed)];
  });
}

function daemonDrift(
  where: string,
  name: string,
  { sessions }: RoutingState,
  daemon: ObservedRouting | undefined,
): readonly Drift[] {
  if (daemon === undefined || daemon.problem !== undefined)
    return [{ where, what: `service ${name}`, planned: 'answering', found: daemon?.problem ?? 'not there' }];
  return sessions.flatMap((session) => {
    const found = daemon.sessions.find((one) => one.name === session.name);
    return oneSession(where, session, found);
  });
}

function oneSession(where: string, session: RoutingSession, found: ObservedSession | undefined): readonly Drift[] {
  const { name, peer, neighbour, announces } = session;
  if (found?.isUp !== true) {
    const what = `the session ${name} with ${peer} (${neighbour})`;
    return [{ where, what, planned: 'Established', found: found?.state ?? 'not configured' }];
  }
  const told = new Set(found.announced.map(networkOf));
  const missing = announces.filter((prefix) => !told.has(networkOf(prefix)));
  if (missing.length === 0) return [];
  return [{ where, what: `what ${name} announces to ${peer}`, planned: several(missing), found: 'nothing of it' }];
}

function learnedDrift(where: string, { learns, program }: RoutingState, { routes }: ObservedNode): readonly Drift[] {
  const missing = learns.filter((route) => !routes.some((seen) => matches(route, seen)));
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
