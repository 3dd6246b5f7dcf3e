/** Which flows a check asks for: who sends to whom, and how much of what there is that covers. */
import { groupBy } from '#lab/group-by.js';
import type { Family } from '#lab/sockets.js';
import type { Endpoint } from '../plan/plan.js';
import type { FlowProtocol, FlowRequest, FlowResult } from '../check/flow.js';
import { choosePairs, type Pair } from '../flows/pairs.js';
import { siteOf } from '../blame/scopes.js';
import type { CheckContext } from '../check/contract.js';
import { counted, protocolWords } from '../check/words.js';

export const allProtocols: readonly FlowProtocol[] = ['icmp', 'tcp', 'udp'];

export interface Direction {
  /** `across hosts`, `outsider to container` */
  readonly name: string;
  readonly pairs: readonly Pair[];
  /** How many ordered pairs there are. */
  readonly possible: number;
}

export function endpointsOf({ plan }: CheckContext, role: Endpoint['role']): readonly Endpoint[] {
  return plan.endpoints.filter((endpoint) => endpoint.role === role);
}

export function directionFromTo(context: CheckContext, from: Endpoint['role'], to: Endpoint['role']): Direction {
  const [sources, destinations] = [endpointsOf(context, from), endpointsOf(context, to)];
  const pairs = choosePairs(sources, destinations, context.plan.scenario.coverage);
  return { name: `${from} to ${to}`, pairs, possible: sources.length * destinations.length };
}

/** The outsiders that reach containers: none where the strategy says so, whose containers then talk to them as to the rest of the world. */
export function lanNeighbours(context: CheckContext): readonly Endpoint[] {
  return context.plan.promises['lan-reachable'].declared === 'absent' ? [] : endpointsOf(context, 'outsider');
}

/** Between containers and {@link lanNeighbours}, both ways; none where there are none. */
export function directionsToLan(context: CheckContext): readonly Direction[] {
  if (lanNeighbours(context).length === 0) return [];
  return [directionFromTo(context, 'outsider', 'container'), directionFromTo(context, 'container', 'outsider')];
}

/** Between hosts and containers, both ways; a way is left out where the strategy says that it is not there. */
export function directionsWithHosts(context: CheckContext): readonly Direction[] {
  const { promises } = context.plan;
  return [
    ...(promises['host-to-container'].declared === 'absent' ? [] : [directionFromTo(context, 'host', 'container')]),
    ...(promises['container-to-host'].declared === 'absent' ? [] : [directionFromTo(context, 'container', 'host')]),
  ];
}

/** Between containers of one host, and between those of different hosts. */
export function directionsBetweenContainers(context: CheckContext): readonly [Direction, Direction] {
  const containers = endpointsOf(context, 'container');
  const pairs = choosePairs(containers, containers, context.plan.scenario.coverage);
  const perHost = groupBy(containers, siteOf);
  const inside = [...perHost.values()].reduce((sum, { length }) => sum + length * (length - 1), 0);
  const across = containers.length * (containers.length - 1) - inside;
  return [
    { name: 'same host', pairs: pairs.filter(isInside), possible: inside },
    { name: 'across hosts', pairs: pairs.filter((pair) => !isInside(pair)), possible: across },
  ];
}

/** Requests for every pair of every direction by every protocol. */
export function requestsFor(
  directions: readonly Direction[],
  protocols: readonly FlowProtocol[],
  family: Family = 'ipv4',
): readonly FlowRequest[] {
  return directions.flatMap(({ pairs }) =>
    pairs.flatMap(({ from, to }) => protocols.map((protocol) => ({ from, to, protocol, family }))),
  );
}

/** `same host: all 4 ordered pairs; across hosts: 90 of 9,900 ordered pairs (...), each by ICMP, TCP and UDP` */
export function coverageOf(directions: readonly Direction[], protocols: readonly FlowProtocol[]): string {
  const parts = directions.map(({ name, pairs, possible }) => `${name}: ${shareOf(pairs, possible)}`);
  return `${parts.join('; ')}; each by ${protocolWords(protocols)}`;
}

/** What a coverage text must not keep to itself: flows that came through only at a second try. */
export function repeatNote(results: readonly FlowResult[]): string {
  const repeated = results.filter(({ delivered, repeated: again }) => delivered && again === true).length;
  return repeated === 0 ? '' : `; ${repeated} of ${counted(results.length, 'flow')} only at a second try`;
}

function shareOf(pairs: readonly Pair[], possible: number): string {
  if (possible === 0) return 'there is no such pair';
  if (pairs.length === possible) return `all ${counted(possible, 'ordered pair')}`;
  const ends = (end: 'from' | 'to') => new Set(pairs.map((pair) => pair[end].node)).size;
  return `${pairs.length} of ${counted(possible, 'ordered pair')} (${counted(ends('from'), 'source')}, ${counted(ends('to'), 'destination')})`;
}

function isInside({ from, to }: Pair): boolean {
  return siteOf(from) === siteOf(to);
}
