import test from 'ava';
import fc from 'fast-check';
import { contains, overlaps } from '#src/address/prefix.js';
import { adapted, openQuestions } from '#src/plan/adapt.js';
import { designFor } from '#src/plan/make-plan.js';
import { planProblems } from '#src/plan/validate.js';
import { ovsGre } from '#src/strategy/ovs-gre.js';
import { hosts, scenario } from '../plan/plans.js';
import { plan, strategy, three, words } from './ovs-plans.js';
import { link, node } from './plan-parts.js';

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
  t.notThrows(() =>
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
    ),
  );
});
