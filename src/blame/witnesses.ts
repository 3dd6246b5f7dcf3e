/** Flows beside those of a check, to tell apart what could have broken them. */
import type { Endpoint } from '../plan/plan.js';
import type { FlowRequest } from '../check/flow.js';
import type { CheckContext } from '../check/contract.js';
import { type AskWitnesses, isInScope, type Suspect } from './blame.js';

/** Flows asked for each suspect: lost ones cost their time limit, but all run at once. */
const perSuspect = 3;
/** Endpoints among which witnesses are looked for. */
const mostEndpoints = 24;
const containersPerHost = 2;

/** Asks flows between hosts, outsiders and a few containers; those already measured during this verify cost nothing. */
export function witnessesOf({ plan, flows }: CheckContext): AskWitnesses {
  return async (tied) => {
    const requests = chooseWitnesses(plan.endpoints, tied);
    return requests.length === 0 ? [] : await flows.measure(requests);
  };
}

function chooseWitnesses(endpoints: readonly Endpoint[], tied: readonly Suspect[]): readonly FlowRequest[] {
  const failures = tied.flatMap((suspect) => suspect.failures);
  const known = new Set(failures.map(keyOf));
  const ends = candidates(endpoints, failures);
  const chosen = new Map<string, FlowRequest>();
  for (const suspect of tied) {
    const own = possibleFlows(ends, suspect).filter(
      (flow) => !known.has(keyOf(flow)) && isInScope(flow, suspect.scope),
    );
    // A flow that only this suspect would break tells most.
    const telling = own.toSorted((a, b) => suspectsOf(a, tied) - suspectsOf(b, tied));
    for (const flow of telling.slice(0, perSuspect)) chosen.set(keyOf(flow), flow);
  }
  return [...chosen.values()];
}

function candidates(endpoints: readonly Endpoint[], failures: readonly FlowRequest[]): readonly Endpoint[] {
  const involved = failures.slice(0, 4).flatMap(({ from, to }) => [from, to]);
  const hosts = new Set(failures.flatMap(({ from, to }) => [from.host ?? from.node, to.host ?? to.node]));
  const near = endpoints.filter(({ node, host }) => hosts.has(host ?? node));
  const others = endpoints.filter(({ role }) => role === 'outsider' || role === 'host');
  const containers = near.filter(isAmongFirst());
  const all = new Map([...involved, ...others, ...containers].map((endpoint) => [endpoint.node, endpoint]));
  return [...all.values()].filter(({ role }) => role !== 'world').slice(0, mostEndpoints);
}

function isAmongFirst(): (endpoint: Endpoint) => boolean {
  const seen = new Map<string, number>();
  return ({ role, host = '' }) => {
    const number = (seen.get(host) ?? 0) + 1;
    seen.set(host, number);
    return role === 'container' && number <= containersPerHost;
  };
}

function possibleFlows(ends: readonly Endpoint[], { protocols, failures }: Suspect): readonly FlowRequest[] {
  const [protocol = 'icmp'] = protocols;
  const family = failures[0]?.family ?? 'ipv4';
  const usable = ends.filter((end) => end[family] !== undefined);
  return usable.flatMap((from) =>
    usable.filter((to) => to.node !== from.node).map((to) => ({ from, to, protocol, family })),
  );
}

function suspectsOf(flow: FlowRequest, tied: readonly Suspect[]): number {
  return tied.filter(({ scope }) => isInScope(flow, scope)).length;
}

function keyOf({ from, to, protocol, family }: FlowRequest): string {
  return `${from.node} ${to.node} ${protocol} ${family}`;
}
