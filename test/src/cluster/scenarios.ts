import type { HostSpec, OutsiderSpec, Scenario } from '#src/scenario/scenario.js';

/** Hosts h1, h2 ... with that many containers each. */
export function hosts(count: number, containers: number): HostSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `h${i + 1}`,
    containers: Array.from({ length: containers }, (__, j) => ({ name: `h${i + 1}c${j + 1}` })),
  }));
}

/** A scenario as the reader would give it, with the cluster's parts replaced. */
export function scenario(cluster: Partial<Scenario['cluster']> = {}): Scenario {
  const outsiders: OutsiderSpec[] = [{ name: 'o1' }];
  const underlay = { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [] } as const;
  return {
    name: 'test',
    strategy: { name: 'bridge-l2', parameters: {} },
    cluster: { hosts: hosts(2, 2), outsiders, underlay, ipv6: true, ...cluster },
    services: [],
    discovery: { kind: 'none', agents: 'host' },
    expect: {},
    coverage: 'auto',
    tolerate: [],
  };
}
