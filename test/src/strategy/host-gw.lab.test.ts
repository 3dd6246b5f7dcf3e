/** host-gw in running labs: healthy, and broken as people break it. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from '../promises/findings.js';

const shape = { strategy: 'host-gw', hosts: 3, containers: 2 } as const;

test.serial('masquerading left on; two hosts with one subnet', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, ipv6: false })), async (lab) => {
    const rule = 'ip saddr 10.4.1.0/24 oifname eth1 masquerade';
    await change(t, lab, 'h1', `nft 'table ip t { chain c { type nat hook postrouting priority srcnat; ${rule}; }; }'`);
    assertFinding(t, await lab.measure('no-nat'), {
      where: 'h1',
      words: ['h1c1 and h1c2 were seen as 172.16.0.1, which is h1', 'h1c1 seen as 10.4.1.2'],
    });
  });
  const scenario = scenarioOf({ ...shape, ipv6: false, tolerate: ['overlapping-slices'] });
  const hosts = scenario.cluster.hosts.map((host) => (host.name === 'h2' ? { ...host, slice: '10.4.1.0/24' } : host));
  await withLab(planOf({ ...scenario, cluster: { ...scenario.cluster, hosts } }), async (lab) => {
    assertFinding(t, await lab.measure('unique-address'), {
      where: 'h1c1 and h2c1',
      words: ['10.4.1.2 is there twice', 'at most one node has it'],
    });
  });
});

for (const mtuBytes of [1500, 9000, 1400]) {
  test.serial(`nothing is taken off a wire of ${mtuBytes} bytes`, async (t) => {
    await withLab(planOf(scenarioOf({ ...shape, hosts: 2, mtuBytes })), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      const summary = `delivered ${mtuBytes}, predicted ${mtuBytes}, interfaces ${mtuBytes} bytes`;
      t.true(result.checks[0]?.summary.startsWith(summary), result.checks[0]?.summary);
    });
  });
}

test.serial('between routers that know the subnets, and between routers that ignore them', async (t) => {
  const routed = { ...shape, hosts: 2, underlay: { kind: 'routed' } } as const;
  const measured = [
    'container-to-container',
    'host-to-container',
    'lan-reachable',
    'no-nat',
    'egress',
    'path-mtu',
  ] as const;
  await withLab(planOf(scenarioOf(routed)), async (lab) => {
    for (const result of (await lab.verify(...measured)).promises) assertVerdict(t, result, 'pass');
  });
  await withLab(planOf(scenarioOf({ ...routed, parameters: { routers: 'ignore' } })), async (lab) => {
    for (const { promise, cell, declared } of (await lab.verify()).promises)
      t.true(['kept', 'absent'].includes(cell) || declared === 'silent', `${promise} is ${cell}`);
  });
});

test.serial(
  'twenty hosts fill the neighbour table of the machine more than once: path-mtu probes them in turns',
  async (t) => {
    await withLab(planOf(scenarioOf({ ...shape, hosts: 20, containers: 10 })), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      t.regex(result.checks[0]?.coverage ?? '', /200 of 200 containers, both directions, IPv4 and IPv6/u);
    });
  },
);
