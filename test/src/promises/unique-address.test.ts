import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

test.serial('somebody takes an address or a MAC that another has, or another prefix length', async (t) => {
  await withLab(planOf(), async (lab) => {
    await change(t, lab, 'h1c1', 'ip addr add 10.1.2.2/16 dev eth0');
    await change(t, lab, 'h2', 'ip -6 addr add fd00:10:1:0:10:1:1:3/64 dev br0 nodad');
    await change(t, lab, 'h1c2', 'ip link set eth0 address 02:42:0a:01:02:03');
    assertFinding(
      t,
      await lab.measure('unique-address'),
      {
        where: 'h1c1',
        words: [
          '10.1.2.2 is there twice',
          'h2c1',
          'only h2c1 has it',
          'h1c1 (02:42:0a:01:01:02) answered the ARP probe of h2c1',
        ],
      },
      {
        where: 'h2',
        words: ['fd00:10:1:0:10:1:1:3 is there twice', 'h1c2', 'advertised fd00:10:1:0:10:1:1:3 to h1c2'],
      },
      { where: 'h1c2', words: ['MAC 02:42:0a:01:02:03 is there twice', 'h1c2:eth0 and h2c2:eth0', 'only h2c2 has it'] },
    );
    await change(t, lab, 'h1c1', 'ip addr del 10.1.2.2/16 dev eth0');
    await change(t, lab, 'h2', 'ip -6 addr del fd00:10:1:0:10:1:1:3/64 dev br0');
    await change(t, lab, 'h1c2', 'ip link set eth0 address 02:42:0a:01:01:03');
    assertVerdict(t, await lab.measure('unique-address'), 'pass');

    await change(t, lab, 'h1c1', 'ip addr del 10.1.1.2/16 dev eth0; ip addr add 10.1.1.2/24 dev eth0');
    assertFinding(t, await lab.measure('unique-address'), {
      where: 'h1c1:eth0',
      words: ['the prefix length of 10.1.1.2 is 24, not 16', '10.1.1.2/16'],
    });
    assertFinding(t, await lab.measure('container-to-container'), {
      where: 'h1c1:eth0',
      words: ['h1c1', 'address is none, planned 10.1.1.2/16'],
    });
  });
});

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
