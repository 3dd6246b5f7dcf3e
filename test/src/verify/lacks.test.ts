import test from 'ava';
import { exitCodeOf } from '#src/result/exit-code.js';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

test('the smallest cluster passes under --strict: what cannot exist in it is not applicable, and all else is verified', async (t) => {
  const plan = planOf(scenarioOf({ hosts: 1, containers: 1, outsiders: 0, ipv6: false }));
  const { promises, complete } = await withLab(plan, async (lab) => await lab.verify());
  t.deepEqual(
    promises.filter(({ cell }) => cell === 'unverified').map(({ promise }) => promise),
    [],
  );
  const inapplicable = promises.filter(({ cell }) => cell === 'not applicable').map(({ promise }) => promise);
  t.true(
    ['container-to-container', 'lan-reachable', 'native-ports', 'dual-stack'].every((name) =>
      (inapplicable as readonly string[]).includes(name),
    ),
  );
  t.is(exitCodeOf({ promises, complete, leaks: null, strict: true }), 0);
});
