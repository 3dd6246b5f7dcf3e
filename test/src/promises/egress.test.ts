import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

test.serial('hosts that do not forward, or do not masquerade, and a container without a default route', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 3, ipv6: false })), async (lab) => {
    await change(t, lab, 'h1', 'sysctl -w net.ipv4.ip_forward=0');
    await change(t, lab, 'h2', 'nft flush ruleset');
    await change(t, lab, 'h3c1', 'ip route del default');
    await change(t, lab, 'h3c2', 'ip route replace default via 10.1.0.2');
    assertFinding(
      t,
      await lab.measure('egress'),
      {
        where: 'h1',
        words: [
          'h1c1 and h1c2 of h1 cannot reach world',
          'h1 does not forward: net.ipv4.ip_forward is 0',
          'h1 itself reaches world',
        ],
      },
      {
        where: 'h2',
        words: [
          'h2c1 and h2c2 of h2',
          /world saw \d flows come from 10\.1\.2\.2 and 10\.1\.2\.3/u,
          'seen there as 192.0.2.12',
        ],
      },
      { where: 'h3c1 and h3c2', words: ['no default route in h3c1'] },
      { where: 'h3c2', words: ['the default gateway of h3c2 is 10.1.0.2', "h2's", 'an address of h3'] },
    );
    await change(t, lab, 'h1', 'sysctl -w net.ipv4.ip_forward=1');
    await change(
      t,
      lab,
      'h2',
      "nft 'table ip netlab { chain postrouting { type nat hook postrouting priority srcnat; ip saddr 10.1.0.0/16 oifname eth0 snat to 10.1.0.2; }; }'",
    );
    await change(t, lab, 'h2', 'ip link set eth0 up');
    await change(t, lab, 'h3c1', 'ip route add default via 10.1.0.3');
    await change(t, lab, 'h3c2', 'ip route replace default via 10.1.0.3');
    await change(t, lab, 'r1', 'ip route add 10.1.0.2/32 via 192.0.2.12');
    assertFinding(t, await lab.measure('egress'), {
      where: 'h2',
      words: ['world saw h2c1 and h2c2 as 10.1.0.2 (of h2:br0)', '192.0.2.12'],
    });
  });
});

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
