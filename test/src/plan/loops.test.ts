import test from 'ava';
import { loopsWithoutTree } from '#src/plan/loops.js';
import { planTables } from '#src/plan/render-table.js';
import { planOf, scenarioOf, type ScenarioShape } from '../../support/sandboxed-lab.js';

const loopsOf = (shape: ScenarioShape): readonly string[] => loopsWithoutTree(planOf(scenarioOf(shape)).nodes);

test('a second cable between two hosts closes a loop, and the plan says so', (t) => {
  const shape = { extraLinks: [['h1', 'h2']] } as const;
  const [cable, ...others] = loopsOf(shape);
  t.regex(cable ?? '', /^h1:\S+ to h2:\S+$/);
  t.deepEqual(others, []);
  const beware = planTables(planOf(scenarioOf(shape))).find(({ title }) => title === 'Beware');
  t.regex(beware?.rows[0]?.[1] ?? '', /closes a loop of bridges, and no spanning tree breaks it/);
});

test('with a spanning tree, or without the cable, there is none', (t) => {
  t.deepEqual(loopsOf({ extraLinks: [['h1', 'h2']], parameters: { stp: true } }), []);
  for (const strategy of ['bridge-l2', 'vxlan', 'host-gw', 'ovs-gre', 'encrypted-overlay', 'macvlan'])
    t.deepEqual(loopsOf({ strategy, hosts: 3 }), [], strategy);
});

test('a full mesh of tunnels without a spanning tree is a loop', (t) => {
  t.deepEqual(loopsOf({ strategy: 'ovs-gre', hosts: 3, parameters: { stp: 'off' } }).length, 1);
});
