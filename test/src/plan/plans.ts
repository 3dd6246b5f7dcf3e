import { makePlan } from '#src/plan/make-plan.js';
import type { Plan } from '#src/plan/plan.js';
import type { HostSpec, Scenario } from '#src/scenario/scenario.js';
import { findStrategy } from '#src/strategy/index.js';

/** Hosts h1, h2, ... with containers h1c1, h1c2, ... */
export function hosts(count: number, containersEach: number): readonly HostSpec[] {
  const numbered = (length: number, prefix: string) =>
    Array.from({ length }, (_, i) => ({ name: `${prefix}${i + 1}` }));
  return numbered(count, 'h').map(({ name }) => ({ name, containers: numbered(containersEach, `${name}c`) }));
}

/** A scenario of two hosts with two containers each and one outsider, but for what is given. */
export function scenario(
  cluster: Partial<Scenario['cluster']> = {},
  parameters: Readonly<Record<string, unknown>> = {},
  rest: Partial<Scenario> = {},
): Scenario {
  return {
    name: 'two-hosts',
    strategy: { name: 'bridge-l2', parameters },
    cluster: {
      hosts: hosts(2, 2),
      outsiders: [{ name: 'o1' }],
      underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [] },
      ipv6: true,
      ...cluster,
    },
    services: [],
    discovery: { kind: 'none', agents: 'host' },
    expect: {},
    coverage: 'auto',
    tolerate: [],
    ...rest,
  };
}

/** The plan of {@link scenario}. */
export function plan(...given: Parameters<typeof scenario>): Plan {
  const chosen = scenario(...given);
  return makePlan(chosen, findStrategy(chosen.strategy.name));
}
