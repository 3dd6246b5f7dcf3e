/** Groups of containers where the strategy has one network for all: refused, with those that have one for each. */
import type { Addressing } from '../cluster/addressing.js';
import type { ScenarioStrategy } from './json-schema.js';
import { at, hostPath } from './places.js';
import type { Finding } from './problem.js';
import type { Scenario } from './scenario.js';

export function unsupportedGroups(
  scenario: Scenario,
  { groupNetworks }: Addressing,
  strategies: ReadonlyMap<string, ScenarioStrategy>,
): Finding[] {
  const places = scenario.cluster.hosts.flatMap(({ containers }, i) =>
    containers.flatMap(({ groups }, j) => (groups === undefined ? [] : [hostPath(i, 'containers', j, 'groups')])),
  );
  if (groupNetworks || places.length === 0) return [];
  const able = [...strategies.values()].filter(keepsGroups).map(({ name }) => name);
  const { name } = scenario.strategy;
  const circumstances = able.includes(name) ? ' with these parameters' : '';
  const message = `${name} has one network for all containers${circumstances}, and keeps no groups apart`;
  const allowed = `groups with ${able.join(', ')}`;
  return places.map((place) => ({ ...at(place, { message, allowed }), rule: 'groups' }));
}

/** As it is when nothing is chosen. */
function keepsGroups(strategy: ScenarioStrategy): boolean {
  const { success, data } = strategy.parameters.safeParse({});
  return success && strategy.addressing(data, 1).groupNetworks;
}
