import test from 'ava';
import { waysToHave } from '#src/readiness/ways.js';
import { planOf, type ScenarioShape, scenarioOf } from '../../support/sandboxed-lab.js';

const ways = (shape: ScenarioShape) =>
  waysToHave(planOf(scenarioOf({ containers: 2, ipv6: false, ...shape }))).map(
    ({ from, to }) => `${from.node} -> ${to.node}`,
  );

test('one container of each host with those of the others, with the world and with an outsider', (t) => {
  t.deepEqual(ways({ strategy: 'bgp', outsiders: 2 }), [
    'h1c1 -> h2c1',
    'h2c1 -> h1c1',
    'h1c1 -> world',
    'h2c1 -> world',
    'h1c1 -> o1',
    'h2c1 -> o1',
  ]);
});

test('a single host is to reach the world; in both families where there are two', (t) => {
  t.deepEqual(ways({ strategy: 'bgp', hosts: 1, outsiders: 0 }), ['h1c1 -> world']);
  t.is(ways({ strategy: 'bgp', hosts: 1, outsiders: 0, ipv6: true }).length, 2);
});

test('whoever is not promised to be reached is not waited for', (t) => {
  t.deepEqual(
    ways({ strategy: 'encrypted-overlay', hosts: 2, outsiders: 1 }).filter((way) => way.endsWith('o1')),
    [],
  );
});
