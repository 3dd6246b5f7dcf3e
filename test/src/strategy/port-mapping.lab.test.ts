import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../checks/findings.js';

const mapped = (shape: Parameters<typeof scenarioOf>[0] = {}) =>
  planOf(scenarioOf({ strategy: 'port-mapping', ipv6: false, ...shape }));

test.serial(
  'what it lacks is found: own addresses, own ports, ways to other hosts; published ports are there',
  async (t) => {
    await withLab(mapped(), async (lab) => {
      const { promises, drift } = await lab.verify(
        'unique-address',
        'container-to-container',
        'container-to-host',
        'native-ports',
        'no-nat',
        'encrypted',
      );
      const find = (promise: Parameters<typeof named>[1]) => named(promises, promise);
      assertVerdict(t, find('container-to-host'), 'pass');
      assertFinding(t, find('unique-address'), {
        where: /h1c1/u,
        words: ['172.17.0.2 is there twice: on h1c1 and h2c1'],
      });
      assertFinding(t, find('container-to-container'), {
        where: 'h1c1',
        words: ['what was sent to h2c1 (172.17.0.2) was received by h1c1'],
      });
      assertFinding(t, find('native-ports'), { where: 'h2c1', words: ['172.17.0.2:80, the address of h1c1'] });
      t.regex(
        find('native-ports').checks[0]?.summary ?? '',
        /published instead: 4 of 4 answered, as h1c1 at 172\.16\.0\.1:8081/u,
      );
      assertFinding(t, find('no-nat'), { where: 'h1', words: ['h1c1 and h1c2 were seen as 172.16.0.1'] });
      assertFinding(t, find('encrypted'), {
        where: /./u,
        words: ['what h1c1 sends to h2c1 crosses the underlay in clear'],
      });
      for (const { cell, promise } of promises)
        t.is(cell, promise === 'container-to-host' ? 'kept' : 'absent', promise);
      t.deepEqual(drift, []);
    });
  },
);

test.serial('a host that does not forward, one that does not masquerade, a port that leads elsewhere', async (t) => {
  await withLab(mapped({ hosts: 3 }), async (lab) => {
    await change(t, lab, 'h1', 'sysctl -w net.ipv4.ip_forward=0');
    await change(t, lab, 'h2', 'nft flush chain ip netlab postrouting');
    await change(t, lab, 'h3', 'nft flush chain ip netlab prerouting');
    await change(
      t,
      lab,
      'h3',
      'nft add rule ip netlab prerouting ip daddr 172.16.0.3 tcp dport 8081 dnat to 172.17.0.3:80',
    );
    assertFinding(
      t,
      await lab.measure('egress'),
      { where: 'h1', words: ['h1c1 and h1c2 of h1 cannot reach world', 'h1 does not forward'] },
      { where: 'h2', words: ['h2c1 and h2c2 of h2', /world saw \d flows come from 172\.17\.0\.2/u] },
    );
    assertFinding(
      t,
      await lab.measure('native-ports'),
      { where: 'h3', words: ['the published port 172.16.0.3:8081 does not lead to port 80 of h3c1', 'h3c2 answers'] },
      { where: 'h3', words: ['the published port 172.16.0.3:8082 does not lead to port 80 of h3c2'] },
      { where: 'h1', words: ['the published port 172.16.0.1:8081'] },
    );
  });
});

test.serial('containers of a host reach each other by the published port as well', async (t) => {
  await withLab(mapped({ hosts: 1 }), async (lab) => {
    await lab.sh('h1c2', 'echo h1c2 > /run/index.html; busybox httpd -p 80 -h /run');
    const { output } = await lab.sh('h1c1', 'timeout 2 busybox wget -qO- http://172.16.0.1:8082/');
    t.is(output.trim(), 'h1c2');
  });
});
