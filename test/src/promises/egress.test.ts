import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

test.serial('IPv6 leaves as IPv4 does, and a host that forwards only IPv4 is named', async (t) => {
  await withLab(planOf(), async (lab) => {
    assertVerdict(t, await lab.measure('egress'), 'pass');
    await change(t, lab, 'h2', 'sysctl -w net.ipv6.conf.all.forwarding=0');
    assertFinding(t, await lab.measure('egress'), {
      where: 'h2',
      words: ['h2c1 and h2c2 of h2 cannot reach world by IPv6', 'net.ipv6.conf.all.forwarding is 0'],
    });
  });
});

test.serial('without masquerading there is no way back, as the strategy says', async (t) => {
  await withLab(planOf(scenarioOf({ parameters: { masquerade: 'off' } })), async (lab) => {
    const result = await lab.measure('egress');
    t.is(result.cell, 'absent');
    assertFinding(t, result, { where: 'h1', words: ['its answers did not come back'] });
  });
});
