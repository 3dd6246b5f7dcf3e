import type { Scenario } from '../scenario/scenario.js';
import { findStrategy } from '../strategy/index.js';
import { makePlan } from './make-plan.js';
import type { Plan } from './plan.js';

/**
 * The smallest cluster of the same strategy, with the same parameters, in which groups share hosts: two hosts with a
 * container of each of two groups, and on the first one of both. Pure.
 * @returns undefined when the strategy keeps no groups apart
 */
export function groupedTwin(plan: Plan): Plan | undefined {
  const strategy = findStrategy(plan.strategy.name);
  const parameters = strategy.parameters.parse(plan.scenario.strategy.parameters);
  if (!strategy.addressing(parameters, 2).groupNetworks) return undefined;
  return makePlan(twinScenario(plan.scenario), strategy);
}

const container = (name: string, ...groups: string[]) => ({ name, groups });

function twinScenario(scenario: Scenario): Scenario {
  return {
    ...scenario,
    cluster: {
      hosts: [
        { name: 'h1', containers: [container('h1a', 'a'), container('h1b', 'b'), container('h1ab', 'a', 'b')] },
        { name: 'h2', containers: [container('h2a', 'a'), container('h2b', 'b')] },
      ],
      outsiders: [],
      underlay: { ...scenario.cluster.underlay, nat: [], extraLinks: [] },
      ipv6: scenario.cluster.ipv6,
    },
    services: [],
    discovery: { kind: 'none', agents: 'host' },
    expect: {},
    tolerate: [],
  };
}
