import { existsSync } from 'node:fs';
import test from 'ava';
import {
  planOf,
  type ScenarioShape,
  scenarioOf,
  type TestLab,
  withLab,
  withNode,
} from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';

const has = (program: string): boolean =>
  ['/usr/sbin', '/sbin', '/usr/bin'].some((path) => existsSync(`${path}/${program}`));
const leasing = has('udhcpc') && has('dnsmasq') ? test.serial : test.serial.skip;
const withKea = has('kea-dhcp4') ? leasing : test.serial.skip;

const dhcp = (shape: ScenarioShape = {}) => planOf(scenarioOf({ strategy: 'dhcp', ...shape }));
const serverFolder = '/run/netlab/nodes/dhcp1/dnsmasq';
const poolOf = (first: number, last: number) => ({ pool: { first: `10.100.80.${first}`, last: `10.100.80.${last}` } });

/** Ends what has this in its command line; written so that the command does not find itself. */
const kill = ([first, ...rest]: string): string => `kill -9 $(pgrep -f '[${first}]${rest.join('')}')`;

/** Asks again and again, with a deadline: nothing tells a test when a daemon has done its work. */
async function eventually(lab: TestLab, node: string, condition: string, seconds = 15): Promise<boolean> {
  const loop = `end=$(($(date +%s) + ${seconds})); until ${condition}; do [ $(date +%s) -lt $end ] || exit 1; sleep 0.05; done`;
  return (await lab.sh(node, loop)).code === 0;
}

leasing('the pool overlaps the addresses of hosts', async (t) => {
  const parameters = poolOf(11, 14);
  const plan = dhcp({ parameters, ipv6: false, tolerate: ['overlapping-pool'] });
  await withLab(plan, async (lab) => {
    assertFinding(t, await lab.measure('unique-address'), {
      where: /h1/u,
      words: ['10.100.80.11 is there twice', 'h1:br0'],
    });
    assertFinding(t, await lab.measure('lease-hygiene'), {
      where: /h1:br0/u,
      words: ['10.100.80.11 is leased, and 2 interfaces have it'],
    });
    // The pool has no address for a container that could leave again.
    const names = await lab.measure('names');
    assertVerdict(t, names, 'pass');
    t.regex(names.checks[0]?.coverage ?? '', /; not what becomes of a name: h1g1 got no lease/u);
  });
});

leasing('of a guest that has left nothing is there by which the watchdog could take the next one for it', async (t) => {
  await withLab(dhcp({ hosts: 1, containers: 1, outsiders: 0, ipv6: false }), async (lab) => {
    assertVerdict(t, await lab.measure('names'), 'pass');
    t.is(
      (await lab.sh('h1', 'echo /run/netlab/nodes/h1/lease-*')).output.trim(),
      '/run/netlab/nodes/h1/lease-h1c1 /run/netlab/nodes/h1/lease-watchdog',
    );
  });
});

leasing('a MAC twice: both get the same lease', async (t) => {
  const plan = dhcp({ ipv6: false });
  const mac = plan.endpoints.find(({ node }) => node === 'h1c1')?.mac ?? '';
  const twins = withNode(plan, 'h2c1', (node) => ({ ...node, links: node.links.map((link) => ({ ...link, mac })) }));
  await withLab(twins, async (lab) => {
    assertFinding(
      t,
      await lab.measure('unique-address'),
      { where: 'h1c1 and h2c1', words: [`MAC ${mac} is there twice`] },
      { where: 'h1c1 and h2c1', words: [/10\.100\.80\.\d+ is there twice/u] },
    );
    assertFinding(t, await lab.measure('lease-hygiene'), {
      where: /h1c1:eth0 and h2c1:eth0/u,
      words: ['is leased, and 2 interfaces have it'],
    });
  });
});

leasing('the watchdog is dead, and then it is there again', async (t) => {
  await withLab(dhcp({ ipv6: false }), async (lab) => {
    await change(t, lab, 'h1', kill('nodes/h1/lease-watchdog/'));
    assertFinding(t, await lab.measure('lease-hygiene'), {
      where: 'h1',
      words: ['the lease client of h1g2 died', 'nobody had noticed', 'taken off the network'],
    });
    await change(t, lab, 'h1', 'sh /run/netlab/nodes/h1/lease-watchdog/lease-watchdog.sh >/dev/null 2>&1 &');
    assertVerdict(t, await lab.measure('lease-hygiene'), 'pass');
  });
});

leasing('a client without its container, and a container without its client, are removed', async (t) => {
  await withLab(dhcp({ ipv6: false }), async (lab) => {
    const pid = async (container: string): Promise<string> =>
      (await lab.sh('h1', `cat /run/netlab/nodes/h1/lease-${container}/pid`)).output.trim();
    const [first, second] = [await pid('h1c1'), await pid('h1c2')];
    await change(t, lab, 'h1', 'ip link delete veth-h1c1');
    t.true(await eventually(lab, 'h1', `! kill -0 ${first} 2>/dev/null`));
    await change(t, lab, 'h1', `kill -9 ${second}`);
    t.true(await eventually(lab, 'h1', '! ip link show veth-h1c2 2>/dev/null'));
    assertFinding(t, await lab.measure('lease-hygiene'), {
      where: 'h1',
      words: ['the lease client of h1c2 is dead', 'has no address any more'],
    });
  });
});

leasing('the server dies: leases live on; it comes back: they are renewed', async (t) => {
  await withLab(dhcp({ ipv6: false }), async (lab) => {
    assertVerdict(t, await lab.measure('unique-address'), 'pass');
    await change(t, lab, 'dhcp1', kill('nodes/dhcp1/dnsmasq/'));
    assertVerdict(t, await lab.measure('container-to-container'), 'pass');
    assertFinding(t, await lab.measure('lease-hygiene'), {
      where: /^$/u,
      words: ['no DHCP server answers: leases live on until they expire'],
    });
    assertFinding(t, await lab.measure('names'), { where: 'h1c1', words: ['h1c1.app.example.com', 'ECONNREFUSED'] });
    await change(t, lab, 'dhcp1', `dnsmasq --conf-file=${serverFolder}/dnsmasq.conf`);
    const { promises } = await lab.verify('lease-hygiene', 'names', 'container-to-container');
    for (const result of promises) assertVerdict(t, result, 'pass');
  });
});

leasing('an empty pool: who comes last gets no lease, and the others do not notice', async (t) => {
  const plan = dhcp({ parameters: poolOf(130, 132), ipv6: false, tolerate: ['pool-too-small'] });
  await withLab(plan, async (lab) => {
    const { promises } = await lab.verify('unique-address', 'container-to-container', 'address-capacity');
    const reach = named(promises, 'container-to-container');
    assertFinding(t, named(promises, 'unique-address'), { where: /^h[12]c[12]:eth0$/u, words: ['got no lease'] });
    assertVerdict(t, reach, 'fail');
    const blamed = new Set(reach.checks.flatMap(({ evidence }) => evidence.map(({ where }) => where?.split(':')[0])));
    t.is(blamed.size, 1, JSON.stringify([...blamed]));
    const capacity = named(promises, 'address-capacity');
    assertFinding(t, capacity, { where: /^$/u, words: ['nobody leases an address'] });
  });
});

for (const mtuBytes of [1400, 9000])
  leasing(`the containers' MTU is the wire's: ${mtuBytes}`, async (t) => {
    await withLab(dhcp({ mtuBytes }), async (lab) => assertVerdict(t, await lab.measure('path-mtu'), 'pass'));
  });

withKea(
  'leases of 20 s: renewed after half of it; without a server asked for again, and lost in the end',
  async (t) => {
    const plan = dhcp({ hosts: 1, containers: 1, ipv6: false, parameters: { server: 'kea', leaseSeconds: 20 } });
    await withLab(plan, async (lab) => {
      const log = '/run/netlab/log/h1.lease-h1c1.log';
      t.true(await eventually(lab, 'h1c1', 'ip -4 addr show dev eth0 | grep -q 10.100.80.'));
      t.true(await eventually(lab, 'h1', `grep -q "sending renew" ${log}`, 30), 'renewed at T1');
      t.true(await eventually(lab, 'h1', `[ $(grep -c "lease of .* obtained" ${log}) -ge 2 ]`));
      await change(t, lab, 'dhcp1', kill('kea-dhcp4.json'));
      t.true(await eventually(lab, 'h1', `grep -q "broadcasting renew" ${log}`, 40), 'rebinding at T2');
      t.true(await eventually(lab, 'h1c1', '! ip -4 addr show dev eth0 | grep -q 10.100.80.', 40), 'expired');
      t.true(await eventually(lab, 'h1', '! test -e /run/netlab/nodes/h1/lease-h1c1/lease.json'));
    });
  },
);
