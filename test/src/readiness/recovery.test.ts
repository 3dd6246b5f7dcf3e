/** A lab that was mended a moment ago: what its design allows for finding back is waited for, once. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict, named } from '../promises/findings.js';

test.serial('after a mend verify waits until all is back, says so, and does not wait again', async (t) => {
  const shape = { strategy: 'bgp', hosts: 2, containers: 1, outsiders: 0, ipv6: false } as const;
  await withLab(planOf(scenarioOf(shape)), async (lab) => {
    await lab.break({ fault: 'host-crash', host: 'h2' });
    await lab.mend();
    const { promises, recovery } = await lab.verify('container-to-container');
    assertVerdict(t, named(promises, 'container-to-container'), 'pass');
    t.deepEqual([recovery?.mended, recovery?.missing], [['host-crash h2'], []]);
    t.true((recovery?.waitedMs ?? 0) < (recovery?.allowedMs ?? 0));
    t.regex(recovery?.why ?? '', /BGP/u);
    // What is broken now is broken.
    await lab.sh('h2', 'ip link set eth1 down');
    const later = await lab.verify('container-to-container');
    t.is(later.recovery, undefined);
    assertVerdict(t, named(later.promises, 'container-to-container'), 'fail');
  });
});

test.serial(
  'a lab that does not come back is waited for as long as its design allows, and then told as it is',
  async (t) => {
    const plan = planOf(scenarioOf({ strategy: 'bgp', hosts: 2, containers: 1, outsiders: 0, ipv6: false }));
    const allowed = { deadlineMs: 3_000, why: 'a test' };
    await withLab({ ...plan, convergence: allowed, recovery: {} }, async (lab) => {
      await lab.break({ fault: 'link-down', at: 'h1c1:eth0', how: 'interface' });
      await lab.mend();
      await lab.sh('h2', 'ip link set eth1 down');
      const { promises, recovery } = await lab.verify('container-to-container');
      t.deepEqual(recovery?.missing, ['h1c1 -> h2c1', 'h2c1 -> h1c1', 'h2c1 -> world']);
      t.is(recovery?.allowedMs, allowed.deadlineMs);
      assertVerdict(t, named(promises, 'container-to-container'), 'fail');
    });
  },
);
