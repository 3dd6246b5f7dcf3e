/** Which flows a lab that has just been built is to have before it is measured. Pure. */
import type { FlowRequest } from '../check/flow.js';
import type { Endpoint, Plan } from '../plan/plan.js';
import { commonFamilies } from '../probes/endpoint-choice.js';

/**
 * One container of each host with one of each other host, and with whoever is around the cluster: an answer from there comes
 * back only when the routers have learned the way, also where a single host has nobody to talk to.
 */
export function waysToHave(plan: Plan): readonly FlowRequest[] {
  const { apart = [] } = plan.convergence ?? {};
  const hosts = plan.cluster.hosts.filter(({ name }) => !apart.includes(name));
  const first = hosts.flatMap(({ name }) => plan.endpoints.find(({ host }) => host === name) ?? []);
  const among = first.flatMap((from) => first.flatMap((to) => (from === to ? [] : requestsBetween(from, to))));
  const outwards = around(plan).flatMap((to) => first.flatMap((from) => requestsBetween(from, to)));
  return [...among, ...outwards];
}

/** The world and one outsider, where it is promised that containers and they hear each other. */
function around({ endpoints, promises }: Plan): readonly Endpoint[] {
  const promisedBy = { world: promises.egress, outsider: promises['lan-reachable'] };
  return (['world', 'outsider'] as const).flatMap((role) =>
    promisedBy[role].declared === 'promised' ? (endpoints.find((end) => end.role === role) ?? []) : [],
  );
}

function requestsBetween(from: Endpoint, to: Endpoint): readonly FlowRequest[] {
  return commonFamilies(from, to).map((family) => ({ from, to, protocol: 'icmp', family }));
}
