import type { Scenario } from '../scenario/scenario.js';
import { findStrategy } from '../strategy/index.js';
import { makePlan } from './make-plan.js';
import type { Plan } from './plan.js';

/**
 * The smallest cluster of the same strategy, with the same parameters, that has routers between its hosts: two hosts, each
 * in a subnet of its own, with one container each. Pure.
 * @throws LabError when the strategy refuses routers between hosts; AddressError when the networks do not fit
 */
export function routedTwin(plan: Plan): Plan {
  return makePlan(twinScenario(plan.scenario), findStrategy(plan.strategy.name));
}

function twinScenario(scenario: Scenario): Scenario {
  const { cluster } = scenario;
  const names = [...cluster.hosts.map(({ name }) => name), 'h1', 'h2'];
  const hosts = [...new Set(names)].slice(0, 2);
  return {
    ...scenario,
    cluster: {
      hosts: hosts.map((name) => ({ name, containers: [{ name: `${name}c1` }] })),
      outsiders: [],
      underlay: { ...cluster.underlay, kind: 'routed', nat: [], extraLinks: [] },
      ipv6: cluster.ipv6,
    },
    services: [],
    discovery: { kind: 'none', agents: 'host' },
    expect: {},
    tolerate: [],
  };
}
