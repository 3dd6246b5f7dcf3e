import test from 'ava';
import { probe } from '#lab/capabilities.js';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict } from '../promises/findings.js';

const { binaries } = await probe(['binary:consul']);
const withConsul = binaries[0]?.version === undefined ? test.skip : test.serial;

const lan = (shape: Parameters<typeof scenarioOf>[0] = {}) =>
  planOf(scenarioOf({ strategy: 'host-network', ipv6: false, ...shape }));

test.serial('ports collide, and addresses are those of the hosts', async (t) => {
  await withLab(lan(), async (lab) => {
    const ports = await lab.measure('native-ports');
    t.is(ports.cell, 'absent');
    assertFinding(t, ports, {
      where: 'h1c2',
      words: ['h1c2 cannot serve port 80: h1c1 of the same host does', 'EADDRINUSE at 192.168.0.51:80'],
    });
    const addresses = await lab.measure('unique-address');
    t.is(addresses.cell, 'absent');
    assertFinding(t, addresses, { where: /h1c1 and h1c2/u, words: ['192.168.0.51 is there twice'] });
    const capacity = await lab.measure('address-capacity');
    t.is(capacity.cell, 'absent');
    assertFinding(t, capacity, {
      where: 'h2',
      words: ['no address of their own', '192.168.0.52 on h2, h2c1 and h2c2'],
    });
    t.deepEqual((await lab.verify('egress')).drift, []);
  });
});

for (const mtuBytes of [1400, 9000])
  test.serial(`the MTU is the wire's: ${mtuBytes}`, async (t) => {
    await withLab(lan({ mtuBytes }), async (lab) => assertVerdict(t, await lab.measure('path-mtu'), 'pass'));
  });

test.serial('across routers, one of which translates addresses', async (t) => {
  const underlay = { kind: 'routed', nat: ['h2'] } as const;
  const plan = lan({ hosts: 3, underlay });
  await withLab(plan, async (lab) => {
    const { promises } = await lab.verify('container-to-container', 'crosses-routers', 'no-nat', 'egress');
    for (const { promise, declared, cell, checks } of promises) {
      const isFine = cell === (declared === 'promised' ? 'kept' : 'absent');
      if (!isFine) t.log(JSON.stringify(checks, undefined, 1));
      t.true(isFine, `${promise} is ${cell}`);
    }
  });
  await withLab(lan({ underlay: { kind: 'routed' } }), async (lab) => {
    const { promises } = await lab.verify('container-to-container', 'crosses-routers', 'lan-reachable', 'egress');
    for (const promise of promises) assertVerdict(t, promise, 'pass');
  });
});

withConsul('discovery leads to the hosts; what stops or falls silent there is gone', async (t) => {
  const services = [{ name: 'web', port: 80, containers: ['h1c1', 'h2c1'] }];
  const scenario = { ...scenarioOf({ strategy: 'host-network', ipv6: false }), services };
  await withLab(planOf({ ...scenario, discovery: { kind: 'consul', agents: 'host' } }), async (lab) => {
    const { promises, drift } = await lab.verify('service-discovery');
    for (const promise of promises) assertVerdict(t, promise, 'pass');
    t.deepEqual(drift, [], 'no host was cut off for it');
  });
});
