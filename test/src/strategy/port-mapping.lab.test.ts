import test from 'ava';
import { probe } from '#lab/capabilities.js';
import type { PromiseName } from '#src/declaration/promise.js';
import { planOf, type ScenarioShape, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, named } from '../promises/findings.js';

const { binaries } = await probe(['binary:consul']);
const withConsul = binaries[0]?.version === undefined ? test.skip : test.serial;

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

const few = ['container-to-host', 'native-ports', 'path-mtu', 'egress', 'crosses-routers'] as const;
const natOnceMore = { underlay: { kind: 'routed', nat: ['h2'] } } as const;
const circumstances: ReadonlyArray<readonly [string, ScenarioShape, readonly PromiseName[]]> = [
  ['between routers', { underlay: { kind: 'routed' } }, few],
  ['between routers, one of which translates addresses once more', natOnceMore, []],
  ['with large packets on the wire', { mtuBytes: 9000 }, few],
  ['with small ones', { mtuBytes: 1400 }, few],
];
for (const [title, shape, only] of circumstances)
  test.serial(`${title}: what is promised is kept, and nothing else is there`, async (t) => {
    const plan = mapped({ ipv6: true, ...shape });
    await withLab(plan, async (lab) => {
      const { promises } = await lab.verify(...only);
      for (const { promise, declared, cell, checks } of promises) {
        const isFine = declared === 'silent' || cell === (declared === 'promised' ? 'kept' : 'absent');
        if (!isFine) t.log(JSON.stringify(checks, undefined, 1));
        t.true(isFine, `${promise} is ${cell}`);
      }
      const [mtu] = named(promises, 'path-mtu').checks;
      const { mtuBytes } = plan.cluster.underlay;
      t.true(mtu?.summary.includes(`predicted ${mtuBytes}, interfaces ${mtuBytes} bytes`), mtu?.summary);
    });
  });

withConsul("discovery gives the host's address and the published port, and that is told", async (t) => {
  const scenario = scenarioOf({ strategy: 'port-mapping', containers: 1, ipv6: false });
  const services = [{ name: 'web', port: 80, containers: ['h1c1', 'h2c1'] }];
  await withLab(planOf({ ...scenario, services, discovery: { kind: 'consul', agents: 'host' } }), async (lab) => {
    const result = await lab.measure('service-discovery');
    t.is(result.cell, 'absent');
    assertFinding(
      t,
      result,
      { where: 'h1', words: ['web.service.dc1.consul leads to 172.16.0.1, which is the host h1'] },
      { where: /^h[12]$/u, words: ['a port that the containers do not serve at', '8081', 'port 80 of h1c1 and h2c1'] },
    );
    const page = await lab.sh('h1c1', 'timeout 2 busybox wget -qO- http://172.16.0.2:8081/');
    t.is(page.output.trim(), 'h2c1');
  });
});

test.serial('containers of a host reach each other by the published port as well', async (t) => {
  await withLab(mapped({ hosts: 1 }), async (lab) => {
    await lab.sh('h1c2', 'echo h1c2 > /run/index.html; busybox httpd -p 80 -h /run');
    const { output } = await lab.sh('h1c1', 'timeout 2 busybox wget -qO- http://172.16.0.1:8082/');
    t.is(output.trim(), 'h1c2');
  });
});
