/** Exceptions in callbacks, planted in the checks of a real lab. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

const planted = fileURLToPath(new URL('planted-inside.ts', import.meta.url));

test('an exception in any callback is the error of its check, others and the lab go on', async (t) => {
  const plan = planOf(scenarioOf({ hosts: 1, containers: 2 }));
  await withLab(
    plan,
    async (lab) => {
      const { promises } = await lab.verify('lan-reachable', 'no-nat', 'native-ports', 'broadcast-domain', 'loop-free');
      const found = promises.map(({ promise, checks: [check] }) => [
        promise,
        check?.verdict,
        (check?.reason ?? '').split('\n')[0],
      ]);
      const error = (promise: string, what: string) => [promise, 'error', `a callback failed: Error: planted: ${what}`];
      t.deepEqual(found, [
        error('lan-reachable', 'timer'),
        error('no-nat', 'socket'),
        error('native-ports', 'child'),
        error('broadcast-domain', 'late'),
        ['loop-free', 'pass', ''],
      ]);
      const shared = await lab.verify('container-to-container', 'host-to-container');
      for (const { checks } of shared.promises) {
        t.is(checks[0]?.verdict, 'error');
        t.regex(checks[0]?.reason ?? '', /planted: flows/u);
      }
      const { checks } = await lab.measure('infrastructure-free');
      t.is(checks[0]?.verdict, 'error');
      t.regex(checks[0]?.reason ?? '', /not known in which part: Error: planted: nobody/u);
      t.is((await lab.measure('container-to-container')).cell, 'kept');
    },
    planted,
  );
});
