/** Somebody takes a container's global IPv6 addresses away: it goes on to speak from its link-local one. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

/** What is missing, or where it was last seen: without numbers of flows and names of pairs. */
const causeIn = (seen?: string): string | undefined =>
  /address is none, planned [^;]*|the neighbour advertisement [^;(]*/u.exec(seen ?? '')?.[0] ?? seen;

for (const strategy of ['bridge-l2', 'host-gw', 'vxlan'])
  test(`${strategy}: verify ends, and says what is broken, where a container has lost its IPv6 addresses`, async (t) => {
    await withLab(planOf(scenarioOf({ strategy, outsiders: strategy === 'vxlan' ? 0 : 1 })), async (lab) => {
      await lab.sh('h1c1', 'ip -6 addr flush dev eth0 scope global');
      const { promises } = await lab.verify();
      t.deepEqual(
        promises.filter(({ verdict }) => verdict === 'error').map(({ promise, checks }) => [promise, checks]),
        [],
      );
      const dualStack = promises.find(({ promise }) => promise === 'dual-stack');
      t.is(dualStack?.cell, 'BROKEN');
      t.regex(JSON.stringify(dualStack), /h1c1/u);
      for (const { promise, checks } of promises.filter((one) => /^(?:dual-stack|path-mtu)$/u.test(one.promise))) {
        const causes = checks.flatMap(({ evidence }) =>
          evidence.map(({ where, seen }) => `${where}: ${causeIn(seen)}`),
        );
        t.deepEqual(causes, [...new Set(causes)], `${promise} tells one cause once`);
      }
      const noNat = promises.find(({ promise }) => promise === 'no-nat');
      t.is(noNat?.cell, 'kept', 'what it sends from its own link-local address is translated by nobody');
      const capacity = promises.find(({ promise }) => promise === 'address-capacity');
      t.is(capacity?.cell, 'kept', 'asked of a container that has its addresses');
      t.is(promises.find(({ promise }) => promise === 'container-to-container')?.checks.length, 1);
      t.regex((await lab.sh('h1c2', 'ip -br addr')).output, /eth0/u);
    });
  });

test('the last address is not known to work over IPv6 where nobody who could ask has an address', async (t) => {
  const plan = planOf(scenarioOf({ strategy: 'macvlan', hosts: 1, outsiders: 0 }));
  await withLab(plan, async (lab) => {
    for (const name of ['h1c1', 'h1c2']) await lab.sh(name, 'ip -6 addr flush dev eth0 scope global');
    const { verdict, checks } = await lab.measure('address-capacity');
    t.is(verdict, 'inconclusive');
    t.regex(checks[0]?.reason ?? '', /h1c1 has no fd/u);
  });
});
