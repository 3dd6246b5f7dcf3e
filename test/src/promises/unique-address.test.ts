import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

test.serial('overlapping slices give one address, and one MAC, to two containers', async (t) => {
  const scenario = scenarioOf({ tolerate: ['overlapping-slices'] });
  const hosts = scenario.cluster.hosts.map((host) => ({ ...host, slice: '10.1.1.0/24' }));
  await withLab(planOf({ ...scenario, cluster: { ...scenario.cluster, hosts } }), async (lab) => {
    assertFinding(
      t,
      await lab.measure('unique-address'),
      {
        where: 'h1c1 and h2c1',
        words: ['10.1.1.2 is there twice', 'at most one node has it', 'answered the ARP probe'],
      },
      { where: 'h1c2 and h2c2', words: ['MAC 02:42:0a:01:01:03 is there twice'] },
    );
  });
});

test.serial('addresses that a scenario pins keep the promise, until one is there twice', async (t) => {
  const scenario = scenarioOf();
  const pins: Readonly<Record<string, object>> = {
    h1c2: { mac: '02:00:00:00:00:77' },
    h2c1: { address: '10.1.2.77' },
  };
  const hosts = scenario.cluster.hosts.map((host) => ({
    ...host,
    containers: host.containers.map((container) => ({ ...container, ...pins[container.name] })),
  }));
  await withLab(planOf({ ...scenario, cluster: { ...scenario.cluster, hosts } }), async (lab) => {
    const pinned = await lab.measure('unique-address');
    assertVerdict(t, pinned, 'pass');
    await change(t, lab, 'h1c1', 'ip addr add 10.1.2.77/16 dev eth0');
    assertFinding(t, await lab.measure('unique-address'), {
      where: 'h1c1',
      words: ['10.1.2.77 is there twice', 'only h2c1 has it'],
    });
  });
});

test.serial('silence of a container that hears nobody proves nothing', async (t) => {
  await withLab(planOf(), async (lab) => {
    await change(t, lab, 'h1', 'ip link set veth-h1c1 nomaster');
    const result = await lab.measure('unique-address');
    assertVerdict(t, result, 'inconclusive');
    const [check] = result.checks;
    t.regex(check?.reason ?? '', /h1c1 could not be heard/u);
    t.deepEqual(
      check?.evidence.map(({ where }) => where),
      ['h1c1:eth0'],
    );
  });
});
