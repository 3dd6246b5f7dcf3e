/** Between whom outages are measured. */
import type { Endpoint, Plan } from '../plan/plan.js';
import type { Stream } from './outage.js';
import { containersByHost } from '../probes/endpoint-choice.js';

const both = (a: Endpoint, b: Endpoint): readonly Stream[] => [
  { from: a, to: b },
  { from: b, to: a },
];

/** Between the first containers of hosts, or, where these have none, nothing. Both ways. */
export function acrossHosts(plan: Plan, isMeant: (host: string) => boolean = () => true): readonly Stream[] {
  const first = [...containersByHost(plan)].flatMap(([host, [container]]) =>
    isMeant(host) && container ? [container] : [],
  );
  return first.flatMap((a, i) => first.slice(i + 1).flatMap((b) => both(a, b)));
}

/** Between hosts themselves. */
export function betweenHosts({ endpoints }: Plan, isMeant: (host: string) => boolean = () => true): readonly Stream[] {
  const [a, b] = endpoints.filter(({ role, node }) => role === 'host' && isMeant(node));
  return a === undefined || b === undefined ? [] : both(a, b);
}

/** From a host to its first container. */
export function intoHost({ endpoints }: Plan, host: string): readonly Stream[] {
  const own = endpoints.find(({ node }) => node === host);
  const container = endpoints.find(({ host: of, role }) => of === host && role === 'container');
  return own === undefined || container === undefined ? [] : [{ from: own, to: container }];
}
