/** ovs-gre: "stop the box in the middle while pinging the third": how long STP and RSTP take. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, named } from '../promises/findings.js';

const shape = { strategy: 'ovs-gre', hosts: 3, containers: 1, outsiders: 0, ipv6: false } as const;

for (const stp of ['stp', 'rstp'] as const)
  test.serial(`the box in the middle of a full mesh is stopped: ${stp} opens the third tunnel`, async (t) => {
    const parameters = { datapath: 'userspace', mesh: 'full', stp, forwardDelaySeconds: 4 };
    await withLab(planOf(scenarioOf({ ...shape, parameters })), async (lab) => {
      const { promises } = await lab.verify('survives-link-loss', 'survives-host-loss', 'survives-reboot');
      for (const result of promises) {
        t.log(`${result.promise}: ${result.checks[0]?.summary}`);
        t.is(result.cell, 'kept', JSON.stringify(result.checks));
      }
      const third = named(promises, 'survives-host-loss').checks[0]?.observations.find(
        ({ name, subject }) => name === 'outageMs' && subject === 'h2c1 -> h3c1',
      );
      t.log(`h2c1 -> h3c1 without h1: ${third?.value} ms`);
      t.true(Number(third?.value) > 0);
    });
  });

test.serial('a star has no way round its middle', async (t) => {
  const parameters = { datapath: 'userspace', mesh: 'star', stp: 'off' };
  await withLab(planOf(scenarioOf({ ...shape, parameters })), async (lab) => {
    const { promises } = await lab.verify('survives-link-loss', 'survives-host-loss');
    for (const { cell, promise } of promises) t.is(cell, 'absent', promise);
    assertFinding(t, named(promises, 'survives-host-loss'), {
      where: 'h1',
      words: ['h2c1 -> h3c1 did not come back after h1 had crashed'],
    });
  });
});
