/** bgp in running labs that are broken as people break them. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, change, named } from '../promises/findings.js';
import { eventually, routesOf } from './bird.js';

const shape = { strategy: 'bgp', hosts: 3, containers: 2, ipv6: false } as const;

test.serial('no proxy ARP, and a container that takes its route with it', async (t) => {
  const plan = planOf(scenarioOf({ ...shape, parameters: { granularity: 'container' } }));
  await withLab(plan, async (lab) => {
    t.regex(await routesOf(lab, 'r1'), /10\.4\.2\.2 via 172\.16\.0\.2 dev eth0 proto bird/u);
    await change(t, lab, 'h2', 'sysctl -w net.ipv4.conf.veth-h2c1.proxy_arp=0');
    const { promises } = await lab.verify('container-to-container', 'egress');
    assertFinding(t, named(promises, 'container-to-container'), {
      where: /^h2/u,
      words: [/h2c1/u, 'the ARP reply of 169.254.1.1 never left h2:veth-h2c1', 'proxy_arp is 0, planned 1'],
    });
    assertFinding(t, named(promises, 'egress'), {
      where: 'h2c1',
      words: ['the default gateway of h2c1 is 169.254.1.1, which is nobody'],
    });
    await change(t, lab, 'h2', 'ip link del veth-h2c1');
    await eventually(t, lab, 'r1', 'ip route', /^(?!.*10\.4\.2\.2)/su);
    t.regex(await routesOf(lab, 'r1'), /10\.4\.2\.3 via 172\.16\.0\.2/u);
  });
});

test.serial('a single host is waited for, too, until the router has learned the way to it', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, hosts: 1, containers: 1, outsiders: 0 })), async (lab) => {
    t.regex(await routesOf(lab, 'r1'), /10\.4\.1\.0\/24 via 172\.16\.0\.1/u);
    t.is((await lab.measure('egress')).cell, 'kept');
  });
});
