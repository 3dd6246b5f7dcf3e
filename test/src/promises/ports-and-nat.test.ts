import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

test.serial('masquerading of bridged traffic: receivers see the host, and it is named', async (t) => {
  const plan = planOf(scenarioOf({ parameters: { masquerade: 'always' } }));
  await withLab(plan, async (lab) => {
    for (const host of ['h1', 'h2']) await change(t, lab, host, 'sysctl -w net.bridge.bridge-nf-call-iptables=1');
    const result = await lab.measure('no-nat');
    t.is(result.cell, 'BROKEN');
    assertFinding(
      t,
      result,
      {
        where: 'h1',
        words: [
          "h1c1, h1c2, h2c1, h2c2, h2 and o1 were seen as 10.1.0.1, which is h1's (h1:br0)",
          'h1c1 seen as 10.1.1.2',
          'TCP and UDP',
        ],
      },
      { where: 'h2', words: ['were seen as 10.1.0.2, which is h2'] },
    );
    for (const host of ['h1', 'h2']) {
      await change(t, lab, host, 'sysctl -w net.bridge.bridge-nf-call-iptables=0');
      await change(t, lab, host, 'sysctl -w net.bridge.bridge-nf-call-ip6tables=0');
    }
    assertVerdict(t, await lab.measure('no-nat'), 'pass');
  });
});

test.serial('a port that one host blocks, and one that is taken already', async (t) => {
  await withLab(planOf(), async (lab) => {
    await change(t, lab, 'h2', 'sysctl -w net.bridge.bridge-nf-call-iptables=1');
    await change(
      t,
      lab,
      'h2',
      "nft 'table ip t { chain c { type filter hook forward priority 0; ip daddr 10.1.2.0/24 tcp dport 80 drop; }; }'",
    );
    assertFinding(t, await lab.measure('native-ports'), {
      where: 'h2',
      words: [
        'h2',
        'at port 80 by TCP: 4 requests',
        'h2c1 (10.1.2.2:80)',
        'at another port all of them are answered: port 80 is blocked',
      ],
    });
    await change(
      t,
      lab,
      'h1c2',
      `${process.execPath} -e "require('node:net').createServer().listen(80, '0.0.0.0')" >/dev/null 2>&1 & until grep -q '00000000:0050 .* 0A ' /proc/net/tcp; do sleep 0.02; done`,
    );
    const elsewhere = await lab.measure('native-ports');
    assertVerdict(t, elsewhere, 'pass');
    const [check] = elsewhere.checks;
    t.regex(check?.summary ?? '', /^port 443 of 4 containers on 2 hosts: 16 of 16 requests/u);
    t.regex(check?.coverage ?? '', /not 80 in h1c2, where something listens already/u);
  });
});
