/** host-gw in running labs: healthy, and broken as people break it. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';

const shape = { strategy: 'host-gw', hosts: 3, containers: 2 } as const;

test.serial('a router without a route, a host that does not forward, a route to the wrong host', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, ipv6: false })), async (lab) => {
    await change(t, lab, 'r1', 'ip route del 10.4.2.0/24');
    const { promises } = await lab.verify('container-to-container', 'lan-reachable', 'egress');
    assertVerdict(t, named(promises, 'container-to-container'), 'pass');
    assertFinding(t, named(promises, 'lan-reachable'), {
      where: 'r1:eth0',
      words: ['left o1:eth0, entered r1:eth0, never left r1:eth0', 'r1: route is none, planned 10.4.2.0/24'],
    });
    assertFinding(t, named(promises, 'egress'), {
      where: 'r1:eth0',
      words: ['h2c1 and h2c2 of h2 cannot reach world', 'world saw', 'r1: route is none, planned 10.4.2.0/24'],
    });
    await change(t, lab, 'r1', 'ip route add 10.4.2.0/24 via 172.16.0.2 proto static');

    await change(t, lab, 'h2', 'sysctl -w net.ipv4.ip_forward=0');
    assertFinding(t, await lab.measure('container-to-container'), {
      where: 'h2:br0',
      words: ['h2 is cut off', 'entered h2:eth1, never left h2:br0', 'net.ipv4.ip_forward is 0, planned 1'],
    });
    const throughput = await lab.measure('throughput');
    assertFinding(t, throughput, {
      where: 'h2:br0',
      words: ['h1c1 -> h2c1', 'its request for a connection left h1c1:eth0, entered h2:eth1, never left h2:br0'],
    });
    await change(t, lab, 'h2', 'sysctl -w net.ipv4.ip_forward=1');

    await change(t, lab, 'h1', 'ip route replace 10.4.2.0/24 via 172.16.0.9 proto static');
    assertFinding(t, await lab.measure('container-to-container'), {
      where: /^h1/u,
      words: [/between h1 and h2/u, 'h1: route is none, planned 10.4.2.0/24 via 172.16.0.2'],
    });
  });
});

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
