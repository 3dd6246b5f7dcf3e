/** Groups of containers where the strategy has one network for all: refused, with those that have one for each. */
import type { Addressing } from '../cluster/addressing.js';
import type { ScenarioStrategy } from './json-schema.js';
import { at, hostPath } from './places.js';
import type { Finding } from './problem.js';
import type { Scenario } from './scenario.js';

export function unsupportedGroups(
  { cluster, strategy }: Scenario,
  { groupNetworks }: Addressing,
  strategies: ReadonlyMap<string, ScenarioStrategy>,
): Finding[] {
  if (groupNetworks) return [];
  const able = [...strategies.values()].filter(keepsGroups).map(({ name }) => name);
  const circumstances = able.includes(strategy.name) ? ' with these parameters' : '';
  const message = `${strategy.name} has one network for all containers${circumstances}, and keeps no groups apart`;
  return cluster.hosts.flatMap(({ containers }, i) =>
    containers.flatMap(({ groups }, j) =>
      groups === undefined
        ? []
        : [
            {
              ...at(hostPath(i, 'containers', j, 'groups'), { message, allowed: `groups with ${able.join(', ')}` }),
              rule: 'groups',
            },
          ],
    ),
  );
}

/** As it is when nothing is chosen. */
function keepsGroups(strategy: ScenarioStrategy): boolean {
  const { success, data } = strategy.parameters.safeParse({});
  return success && strategy.addressing(data, 1).groupNetworks;
}
