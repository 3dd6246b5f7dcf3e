import test from 'ava';
import fc from 'fast-check';
import type { LinkState, NodeState, ServiceState } from '#lab/state.js';
import { contains, overlaps } from '#src/address/prefix.js';
import { adapted, openQuestions } from '#src/plan/adapt.js';
import { designFor } from '#src/plan/make-plan.js';
import type { Plan } from '#src/plan/plan.js';
import { planProblems } from '#src/plan/validate.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { ovsGre } from '#src/strategy/ovs-gre.js';
import { hosts, plan as planOf, scenario } from '../plan/plans.js';

type Underlay = Partial<Scenario['cluster']['underlay']>;

const three = { hosts: hosts(3, 2) };
const strategy = (parameters: Readonly<Record<string, unknown>>) => ({ strategy: { name: 'ovs-gre', parameters } });

function plan(
  parameters: Readonly<Record<string, unknown>> = {},
  cluster: Partial<Scenario['cluster']> = three,
  underlay: Underlay = {},
): Plan {
  const wire = { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [], ...underlay } as const;
  return planOf({ underlay: wire, ...cluster }, {}, strategy(parameters));
}

function node({ nodes }: Plan, name: string): NodeState {
  const found = nodes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

function link(of: Plan, where: string): LinkState {
  const [nodeName = '', linkName = ''] = where.split(':');
  const found = node(of, nodeName).links.find((one) => one.name === linkName);
  if (found === undefined) throw new Error(`no link ${where}`);
  return found;
}

function service(of: Plan, host: string, name: string): ServiceState {
  const found = node(of, host).services.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const bridgeOf = (of: Plan, host: string) => service(of, host, 'ovs-vswitchd').switch?.bridges[0];
const portsOf = (of: Plan, host: string) =>
  (bridgeOf(of, host)?.ports ?? []).map(({ name, peer }) => `${name} ${peer?.node}`);
const words = (of: Plan, host: string, name: string): string => service(of, host, name).argv.slice(2).join(' ');

test('docker0 has the address of the host, with br0 of Open vSwitch inside, as in the recipe', (t) => {
  t.like(link(plan(), 'h2:docker0'), {
    kind: 'bridge',
    mtuBytes: 1462,
    stp: false,
    addresses: ['172.17.42.2/16', 'fd00:172:17:0:172:17:42:2/64'],
  });
  t.like(link(plan(), 'h2:br0'), { kind: 'daemon', master: 'docker0', mtuBytes: 1462, addresses: [] });
});

test('a container has prefix length 16, the MTU of the tunnels, and docker0 of its host as gateway', (t) => {
  t.like(link(plan(), 'h2c1:eth0'), { mtuBytes: 1462, mac: '02:42:ac:11:80:02' });
  t.is(link(plan(), 'h2c1:eth0').addresses[0], '172.17.128.2/16');
  t.like(link(plan(), 'h2:veth-h2c1'), { master: 'docker0', mtuBytes: 1462 });
  t.deepEqual(node(plan(), 'h2c1').routes, [
    { destination: 'default', via: '172.17.42.2', link: 'eth0' },
    { destination: 'default', via: 'fd00:172:17:0:172:17:42:2', link: 'eth0' },
  ]);
});

test('three hosts have the slices of the recipe, more hosts equal ones outside 172.17.0.0/18', (t) => {
  const slices = (count: number) => plan({}, { hosts: hosts(count, 1) }).cluster.hosts.map(({ slice }) => slice);
  t.deepEqual(slices(1), ['172.17.64.0/18']);
  t.deepEqual(slices(3), ['172.17.64.0/18', '172.17.128.0/18', '172.17.192.0/18']);
  t.deepEqual(slices(4), ['172.17.64.0/19', '172.17.96.0/19', '172.17.128.0/19', '172.17.160.0/19']);
  for (const [count, length] of [
    [6, 19],
    [7, 20],
    [12, 20],
    [13, 21],
    [192, 24],
  ] as const) {
    const own = slices(count);
    t.is(new Set(own).size, count);
    t.true(
      own.every((slice) => slice.endsWith(`/${length}`) && !overlaps(slice, '172.17.0.0/18')),
      own.join(' '),
    );
  }
  t.throws(() => slices(193), { message: /addresses for 192 hosts/u });
});

test('Open vSwitch is told what the recipe writes into /etc/network/interfaces', (t) => {
  t.is(
    words(plan({ datapath: 'kernel' }), 'h1', 'ovs-br0'),
    '-- add-br br0 -- set Bridge br0 other_config:hwaddr=02:42:ac:11:2a:01 stp_enable=true ' +
      '-- set Interface br0 mtu_request=1462 ' +
      '-- add-port br0 gre1 -- set Interface gre1 type=gre options:remote_ip=172.16.0.2 ' +
      '-- add-port br0 gre2 -- set Interface gre2 type=gre options:remote_ip=172.16.0.3',
  );
});

test('a shorter forward delay needs a shorter max age', (t) => {
  t.regex(words(plan({ forwardDelaySeconds: 4 }), 'h1', 'ovs-br0'), /stp-forward-delay=4 other_config:stp-max-age=6/u);
  t.regex(
    words(plan({ stp: 'rstp', forwardDelaySeconds: 8 }), 'h1', 'ovs-br0'),
    /rstp_enable=true .*:rstp-max-age=14/u,
  );
  t.notRegex(words(plan({ stp: 'off' }), 'h1', 'ovs-br0'), /stp/u);
});

test('convergence is what the spanning tree needs', (t) => {
  t.regex(plan().convergence?.why ?? '', /one forward delay of 15 s each/u);
  t.true((plan().convergence?.deadlineMs ?? 0) > 30_000);
  t.true((plan({ stp: 'off' }).convergence?.deadlineMs ?? 0) < 30_000);
});

test('each instance has its own files, below the folder of its database', (t) => {
  for (const host of ['h1', 'h2'])
    for (const { argv, environment = {} } of node(plan(), host).services)
      for (const path of [...argv, ...Object.values(environment)].filter((text) => text.includes('/run/')))
        t.regex(path, new RegExp(`/run/netlab/nodes/${host}/ovsdb-server(/|$)`, 'u'));
});

for (const [mesh, count, tunnels] of [
  ['full', 2, 1],
  ['full', 3, 3],
  ['full', 5, 10],
  ['ring', 2, 1],
  ['ring', 3, 3],
  ['ring', 5, 5],
  ['star', 5, 4],
  ['star', 1, 0],
] as const)
  test(`${mesh} mesh of ${count} hosts: ${tunnels} tunnels, the same name at both ends`, (t) => {
    const built = plan({ mesh }, { hosts: hosts(count, 1) });
    const ends = built.cluster.hosts.flatMap(({ name }) =>
      (bridgeOf(built, name)?.ports ?? []).map((port) => [name, port.name, port.peer] as const),
    );
    t.is(ends.length, 2 * tunnels);
    for (const [name, port, peer] of ends) {
      t.is(peer?.link, port);
      t.true(ends.some(([other, same, back]) => other === peer?.node && same === port && back?.node === name));
    }
  });

test('in a ring each host has the one before and the one after it, in a star only the first has others', (t) => {
  const five = { hosts: hosts(5, 1) };
  t.deepEqual(portsOf(plan({ mesh: 'ring' }, five), 'h1'), ['gre1 h2', 'gre2 h5']);
  t.deepEqual(portsOf(plan({ mesh: 'ring' }, five), 'h3'), ['gre3 h2', 'gre4 h4']);
  t.deepEqual(portsOf(plan({ mesh: 'star', tunnel: 'vxlan' }, five), 'h4'), ['vxlan3 h1']);
});

// facts/mtu.md
for (const [tunnel, family, key, overhead] of [
  ['gre', 'ipv4', undefined, 38],
  ['gre', 'ipv4', 7, 42],
  ['gre', 'ipv6', undefined, 58],
  ['gre', 'ipv6', 7, 62],
  ['vxlan', 'ipv4', 7, 50],
  ['vxlan', 'ipv6', undefined, 70],
  ['geneve', 'ipv4', undefined, 50],
  ['geneve', 'ipv6', 7, 70],
] as const)
  test(`${tunnel}${key === undefined ? '' : ' with a key'} over ${family} takes ${overhead} bytes off the wire`, (t) => {
    for (const mtuBytes of [1400, 1500, 9000]) {
      const built = plan({ tunnel, ...(key === undefined ? {} : { key }) }, three, { mtuBytes, family });
      t.is(built.mtu.bytes, mtuBytes - overhead);
      t.is(link(built, 'h1c1:eth0').mtuBytes, mtuBytes - overhead);
      t.is(link(built, 'h1:eth1').mtuBytes, mtuBytes);
      t.regex(words(built, 'h1', 'ovs-br0'), family === 'ipv4' ? /remote_ip=172\.16/u : /remote_ip=fd00:172:16/u);
    }
  });

test('a network identifier of VXLAN has 24 bits, a key of GRE 32', (t) => {
  t.throws(() => plan({ tunnel: 'vxlan', key: 2 ** 24 }), { message: /24 bits/u });
  t.notThrows(() => plan({ tunnel: 'gre', key: 2 ** 24 }));
});

test('in userspace a bridge of Open vSwitch owns eth1 and has the address of the host', (t) => {
  const built = plan({ datapath: 'userspace' });
  t.deepEqual(link(built, 'h1:eth1').addresses, []);
  t.like(link(built, 'h1:br-lan'), { kind: 'daemon', addresses: ['172.16.0.1/16', 'fd00:172:16:0:172:16:0:1/64'] });
  t.is(node(built, 'h1').sysctls['net.ipv4.conf.eth1.arp_ignore'], '1');
  t.regex(words(built, 'h1', 'ovs-br-lan'), /datapath_type=netdev .*add-port br-lan eth1/u);
  t.true(node(built, 'sw1').services.some(({ argv }) => argv.join(' ') === 'ethtool --offload to-h1 tx off'));
  t.true(built.requirements.some(({ kind, name }) => kind === 'link' && name === 'tun'));
});

test('in the kernel eth1 keeps the address, and nothing is switched elsewhere', (t) => {
  const built = plan({ datapath: 'kernel' });
  t.is(link(built, 'h1:eth1').addresses[0], '172.16.0.1/16');
  t.false(node(built, 'h1').links.some(({ name }) => name === 'br-lan'));
  t.true(node(built, 'sw1').services.length === 0);
  t.deepEqual(
    built.requirements.flatMap(({ kind, name }) => (kind === 'feature' || name === 'gretap' ? [name] : [])),
    ['openvswitch', 'gretap'],
  );
});

test('auto: the machine decides, and the plan says why', (t) => {
  const asked = scenario(three, {}, strategy({ tunnel: 'geneve' }));
  t.deepEqual(openQuestions(asked, ovsGre), ['openvswitch', 'link:geneve']);
  const bare = adapted(asked, ovsGre, new Set(['link:geneve']));
  t.deepEqual(bare.strategy.decided, [
    { parameter: 'datapath', value: 'userspace', why: 'this kernel has no openvswitch datapath' },
  ]);
  t.is(designFor(bare, ovsGre).parameters['datapath'], 'userspace');
  const full = adapted(asked, ovsGre, new Set(['link:geneve', 'openvswitch']));
  t.is(full.strategy.decided?.[0]?.value, 'kernel');
  const chosen = scenario(three, {}, strategy({ datapath: 'kernel' }));
  t.deepEqual(openQuestions(chosen, ovsGre), []);
  t.is(adapted(chosen, ovsGre, new Set()), chosen);
});

test('on a routed underlay tunnels run between the LANs, and nobody promises to reach a host behind NAT', (t) => {
  const routed = plan({}, three, { kind: 'routed' });
  t.regex(words(routed, 'h1', 'ovs-br0'), /remote_ip=172\.16\.2\.10 .*remote_ip=172\.16\.3\.10/u);
  t.is(node(routed, 'h1').routes[0]?.link, 'br-lan');
  t.is(routed.promises['crosses-routers'].declared, 'promised');
  t.is(plan({}, three, { kind: 'routed', nat: ['h3'] }).promises['crosses-routers'].declared, 'absent');
});

test('whatever the cluster, the nodes fit together and every address is its owner’s', (t) => {
  const chosen = fc.record({
    tunnel: fc.constantFrom('gre', 'vxlan', 'geneve'),
    mesh: fc.constantFrom('full', 'ring', 'star'),
    stp: fc.constantFrom('off', 'stp', 'rstp'),
    datapath: fc.constantFrom('auto', 'kernel', 'userspace'),
  });
  fc.assert(
    fc.property(
      chosen,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      (parameters, count, each, ipv6) => {
        const built = plan(parameters, { hosts: hosts(count, each), ipv6 });
        const inside = built.cluster.hosts.every(({ slice, containers }) =>
          containers.every(({ ipv4 }) => contains(slice, ipv4)),
        );
        return inside && planProblems(built.nodes).length === 0;
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});
