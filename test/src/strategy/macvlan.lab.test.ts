import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, named } from '../promises/findings.js';

const lan = (shape: Parameters<typeof scenarioOf>[0] = {}) => planOf(scenarioOf({ strategy: 'macvlan', ...shape }));

test.serial('the known limit shows: no host reaches its own containers, and all else is reached', async (t) => {
  await withLab(lan({ ipv6: false }), async (lab) => {
    const { promises } = await lab.verify(
      'container-to-container',
      'host-to-container',
      'container-to-host',
      'dual-stack',
    );
    assertVerdict(t, named(promises, 'container-to-container'), 'pass');
    for (const promise of ['host-to-container', 'container-to-host'] as const) {
      const result = named(promises, promise);
      t.is(result.cell, 'absent');
      t.is(result.checks[0]?.summary.slice(0, 11), '12 of 24 fl');
      assertFinding(t, result, {
        where: /^h\d/u,
        words: [
          'hosts and their own containers do not reach each other by ICMP, TCP and UDP: 12 flows lost',
          'never entered',
        ],
      });
    }
  });
});

for (const mtuBytes of [1400, 9000])
  test.serial(`the containers' MTU is the wire's: ${mtuBytes}`, async (t) => {
    await withLab(lan({ mtuBytes }), async (lab) => assertVerdict(t, await lab.measure('path-mtu'), 'pass'));
  });
