import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

const looped = { extraLinks: [['h1', 'h2']] as const };

test.serial(
  'a loop without a spanning tree: cut, other checks go on, found again, calm after the repair',
  async (t) => {
    await withLab(planOf(scenarioOf(looped)), async (lab) => {
      const first = await lab.measure('loop-free');
      assertFinding(t, first, {
        where: /^h[12]:eth2$/u,
        words: ['a broadcast storm ran', 'closes a loop of bridges', 'packets in'],
      });
      assertVerdict(t, await lab.measure('container-to-container'), 'pass');
      assertFinding(t, await lab.measure('loop-free'), { where: /^h[12]:eth2$/u, words: ['a broadcast storm ran'] });

      await change(t, lab, 'h1', 'ip link del eth2');
      assertVerdict(t, await lab.measure('loop-free'), 'pass');
    });
  },
);

test.serial('the same loop with a spanning tree: one port is blocked, and named', async (t) => {
  const parameters = { stp: true, forwardDelaySeconds: 2 };
  await withLab(planOf(scenarioOf({ ...looped, parameters })), async (lab) => {
    const result = await lab.measure('loop-free');
    assertVerdict(t, result, 'pass');
    const [check] = result.checks;
    t.regex(check?.summary ?? '', /10 frames stayed 10 on every port; blocked by the spanning tree: h[12]:eth[12]$/u);
    t.truthy(check?.observations.some(({ name, value }) => name === 'portState' && value === 'blocking'));
  });
});
