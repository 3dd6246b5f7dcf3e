import test from 'ava';
import { planOf, scenarioOf, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';

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

test.serial('mode private, a host whose interface is down, and another MTU on it', async (t) => {
  await withLab(lan({ ipv6: false, parameters: { mode: 'private' } }), async (lab) => {
    const result = await lab.measure('container-to-container');
    t.is(result.cell, 'absent');
    assertFinding(t, result, { where: /^h1/u, words: ['h1', 'never entered h1c2:eth0'] });
  });
  await withLab(lan({ hosts: 3, ipv6: false }), async (lab) => {
    await change(t, lab, 'h2', 'ip link set eth1 down');
    assertFinding(t, await lab.measure('container-to-container'), {
      where: 'h2:eth1',
      words: ['nothing from or to h2 and its containers is delivered', 'h2:eth1: state is down, planned up'],
    });
    await change(t, lab, 'h2', 'ip link set eth1 up');
    await change(t, lab, 'h3', 'ip link set eth1 mtu 1400');
    assertFinding(t, await lab.measure('path-mtu'), { where: /^h3c?1?:eth[01]$/u, words: ['has MTU 1400'] });
  });
});

test.serial('the same MAC twice, as when an image of a container is copied with it', async (t) => {
  const twin = withNode(lan({ ipv6: false }), 'h2c1', (node) => ({
    ...node,
    links: node.links.map((link) => ({ ...link, mac: '02:42:c0:a8:33:02' })),
  }));
  await withLab(twin, async (lab) => {
    assertFinding(t, await lab.measure('unique-address'), {
      where: /h1c1|h2c1/u,
      words: ['MAC 02:42:c0:a8:33:02 is there twice', 'h1c1:eth0 and h2c1:eth0'],
    });
  });
});

for (const mtuBytes of [1400, 9000])
  test.serial(`the containers' MTU is the wire's: ${mtuBytes}`, async (t) => {
    await withLab(lan({ mtuBytes }), async (lab) => assertVerdict(t, await lab.measure('path-mtu'), 'pass'));
  });
