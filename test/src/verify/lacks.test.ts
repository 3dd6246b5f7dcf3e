import test from 'ava';
import { promiseNames } from '#src/declaration/promise.js';
import { exitCodeOf } from '#src/result/exit-code.js';
import { planOf, type ScenarioShape, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

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

/** What is lost and comes back is the same in any cluster, and takes protocols their time. */
const measured = promiseNames.filter((name) => !name.startsWith('survives-'));

/** The smallest cluster of each, and what is measured there nevertheless. */
const smallest: ReadonlyArray<readonly [ScenarioShape, string]> = [
  [{ strategy: 'bgp', underlay: { kind: 'routed' } }, 'egress'],
  [{ strategy: 'macvlan' }, 'unique-address'],
  [{ strategy: 'macvlan', containers: 2 }, 'address-capacity'],
  [{ strategy: 'macvlan', outsiders: 1 }, 'address-capacity'],
  [{ strategy: 'host-network' }, 'container-to-host'],
  [{ strategy: 'dhcp' }, 'address-capacity'],
  [{ strategy: 'encrypted-overlay' }, 'path-mtu'],
];

for (const [shape, kept] of smallest)
  test.serial(`${JSON.stringify(shape)} passes under --strict with one host`, async (t) => {
    const plan = planOf(scenarioOf({ hosts: 1, containers: 1, outsiders: 0, ...shape }));
    const { promises, complete } = await withLab(plan, async (lab) => await lab.verify(...measured));
    const unsettled = promises.filter(
      ({ declared, cell }) => declared === 'promised' && !/^(?:kept|not app)/u.test(cell),
    );
    t.deepEqual(
      unsettled.map(({ promise, cell, checks }) => [promise, cell, checks]),
      [],
    );
    t.is(promises.find(({ promise }) => promise === kept)?.cell, 'kept');
    t.is(exitCodeOf({ promises, complete, leaks: null, strict: true }), 0);
  });
