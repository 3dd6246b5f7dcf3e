/** Plans of ovs-gre, and what tests look up in them. */
import type { ServiceState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { hosts, plan as planOf } from '../plan/plans.js';
import { node } from './plan-parts.js';

type Underlay = Partial<Scenario['cluster']['underlay']>;

export const three = { hosts: hosts(3, 2) };
export const strategy = (parameters: Readonly<Record<string, unknown>>) => ({
  strategy: { name: 'ovs-gre', parameters },
});

export function plan(
  parameters: Readonly<Record<string, unknown>> = {},
  cluster: Partial<Scenario['cluster']> = three,
  underlay: Underlay = {},
): Plan {
  const wire = { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [], ...underlay } as const;
  return planOf({ underlay: wire, ...cluster }, {}, strategy(parameters));
}

export function service(of: Plan, host: string, name: string): ServiceState {
  const found = node(of, host).services.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

export const bridgeOf = (of: Plan, host: string) =>
  service(of, host, 'ovs-vswitchd').switch?.bridges.find(({ name }) => name === 'br0');
export const portsOf = (of: Plan, host: string) =>
  (bridgeOf(of, host)?.ports ?? []).map(({ name, peer }) => `${name} ${peer?.node}`);
export const words = (of: Plan, host: string, name: string): string => service(of, host, name).argv.slice(2).join(' ');
