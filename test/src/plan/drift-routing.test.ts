import test from 'ava';
import type { ObservedFdbEntry, ObservedLink, ObservedNode, ObservedRoute, ObservedRule } from '#lab/lab.js';
import { emptyNode, type FdbState, type NodeState, type RouteState, type VxlanLink } from '#lab/state.js';
import { drift } from '#src/plan/drift.js';
import { defaultRules } from '#src/plan/drift-rules.js';

/** As the kernel reports a node in which nothing is but what is given. */
function observed(given: Partial<ObservedNode>): ObservedNode {
  const rules = [...defaultRules('ipv4'), ...(given.rules ?? [])];
  return { name: 'h1', links: [], routes: [], neighbours: [], fdb: [], ...given, rules };
}

/** Differences as `what: planned -> found`. */
const differs = test.macro(
  (t, planned: Partial<NodeState>, found: Partial<ObservedNode>, expected: readonly string[]) => {
    const differences = drift({ ...emptyNode('h1', 'host'), ...planned }, observed(found));
    t.deepEqual(
      differences.map((one) => `${one.what}: ${one.planned} -> ${one.found}`),
      expected,
    );
  },
);

const twoWays: RouteState = {
  destination: '10.9.0.0/16',
  nextHops: [{ via: '10.1.0.2', link: 'eth1' }, { via: '10.2.0.2' }],
};
const unicast = { kind: 'unicast', protocol: 'static' } as const;
const twoFound: ObservedRoute = {
  ...unicast,
  destination: '10.9.0.0/16',
  nextHops: [
    { via: '10.2.0.2', link: 'eth2' },
    { via: '10.1.0.2', link: 'eth1' },
  ],
};

test('two next hops in any order', differs, { routes: [twoWays] }, { routes: [twoFound] }, []);
test(
  'a next hop that is gone',
  differs,
  { routes: [twoWays] },
  { routes: [{ ...unicast, destination: '10.9.0.0/16', via: '10.1.0.2', link: 'eth1' }] },
  [
    'route: 10.9.0.0/16 nexthop via 10.1.0.2 dev eth1 nexthop via 10.2.0.2 -> none',
    'route: none -> 10.9.0.0/16 via 10.1.0.2 dev eth1',
  ],
);
test(
  'an IPv6 default route over two next hops is no IPv4 one',
  differs,
  { routes: [{ destination: 'default', nextHops: [{ via: 'fd00::2' }, { via: 'fd00::3' }] }] },
  {
    routes: [{ ...unicast, destination: 'default', nextHops: [{ via: 'fd00::3' }, { via: 'fd00::2' }], metric: 1024 }],
  },
  [],
);
test(
  'an MTU of a route, and a gateway that is to be on-link',
  differs,
  { routes: [{ destination: '10.9.0.0/16', via: '192.0.2.1', link: 'eth1', onLink: true, mtuBytes: 1400 }] },
  { routes: [{ ...unicast, destination: '10.9.0.0/16', via: '192.0.2.1', link: 'eth1' }] },
  [
    'route: 10.9.0.0/16 via 192.0.2.1 dev eth1 onlink mtu 1400 -> none',
    'route: none -> 10.9.0.0/16 via 192.0.2.1 dev eth1',
  ],
);
test(
  'routes of daemons are their own affair, those of people are not',
  differs,
  {},
  {
    routes: ['bird', 'zebra', 'dhcp', 'ra', '99', 'boot'].map((protocol) => ({
      ...unicast,
      destination: `10.9.0.0/${protocol.length + 16}`,
      via: '10.1.0.2',
      protocol,
    })),
  },
  ['route: none -> 10.9.0.0/20 via 10.1.0.2'],
);
test(
  'a planned route that a daemon has made is there',
  differs,
  { routes: [{ destination: '10.9.0.0/16', via: '10.1.0.2' }] },
  { routes: [{ ...unicast, protocol: 'bird', destination: '10.9.0.0/16', via: '10.1.0.2', metric: 32 }] },
  [],
);

const rule: ObservedRule = {
  family: 'ipv4',
  priority: 100,
  from: '10.1.0.0/16',
  table: 7,
  action: 'lookup',
  conditions: [],
  protocol: 'static',
};
const plannedRule = { family: 'ipv4', priority: 100, from: '10.1.0.0/16', table: 7 } as const;

test('a rule as planned', differs, { rules: [plannedRule] }, { rules: [rule] }, []);
test('a rule that is missing', differs, { rules: [plannedRule] }, {}, [
  'policy rule: ipv4 100: from 10.1.0.0/16 lookup 7 -> none',
]);
test(
  'a rule that nobody planned, but not those of daemons and of the kernel',
  differs,
  { rules: [plannedRule] },
  {
    rules: [
      rule,
      { ...rule, conditions: ['iif eth0', 'fwmark 0x1'], protocol: 'boot' },
      { ...rule, family: 'ipv6', to: 'fd00::/8', from: 'fd01::1/128', action: 'blackhole', protocol: 'boot' },
      { ...rule, priority: 50, protocol: 'zebra' },
      { ...rule, priority: 1000, conditions: ['l3mdev yes'], protocol: 'kernel' },
    ],
  },
  [
    'policy rule: none -> ipv4 100: from 10.1.0.0/16 iif eth0 fwmark 0x1 lookup 7',
    'policy rule: none -> ipv6 100: from fd01::1/128 to fd00::/8 blackhole',
  ],
);
test('the rules of the kernel are missed, where the family is in use', (t) => {
  const lo = { name: 'lo', addresses: ['127.0.0.1/8', '::1/128'] } as unknown as ObservedLink;
  const found = drift(emptyNode('h1', 'host'), { ...observed({}), links: [lo], rules: defaultRules('ipv6').slice(1) });
  t.deepEqual(
    found.map(({ planned }) => planned),
    ['ipv4 0: from all lookup 255', 'ipv4 32766: from all lookup 254', 'ipv4 32767: from all lookup 253'].concat(
      'ipv6 0: from all lookup 255',
    ),
  );
});
test('a rule of the kernel that somebody has put back is no other', (t) => {
  const rules = defaultRules('ipv4').map((one) => ({ ...one, protocol: 'boot' }));
  t.deepEqual(drift(emptyNode('h1', 'host'), { ...observed({}), rules }), []);
});

const flood = '00:00:00:00:00:00';
const vxlan: VxlanLink = {
  kind: 'vxlan',
  name: 'vx0',
  vni: 42,
  port: 4789,
  local: 'FD00::1',
  remote: 'fd00::2',
  addresses: [],
};
const vxlanFound: ObservedLink = {
  name: 'vx0',
  index: 3,
  kind: 'vxlan',
  mac: '02:00:00:00:00:01',
  mtuBytes: 1450,
  up: true,
  running: true,
  addresses: [],
  rxPackets: 0,
  txPackets: 0,
  vxlan: { vni: 42, port: 4789, local: 'fd00::1', remote: 'fd00::2', learning: true },
};
const remoteEntry: ObservedFdbEntry = { link: 'vx0', mac: flood, destination: 'fd00::2', origin: 'static' };
const other: FdbState = { link: 'vx0', mac: flood, destination: 'FD00::3' };

test('a VXLAN device as planned', differs, { links: [vxlan] }, { links: [vxlanFound], fdb: [remoteEntry] }, []);
test(
  'a link of whatever kind a daemon makes',
  differs,
  { links: [{ kind: 'daemon', name: 'vx0', service: 'tunnel', addresses: [] }] },
  { links: [vxlanFound] },
  [],
);
test(
  'a VXLAN device made anew by somebody',
  differs,
  { links: [{ ...vxlan, learning: false }] },
  { links: [{ ...vxlanFound, vxlan: { vni: 43, port: 8472, learning: true } }], fdb: [remoteEntry] },
  [
    'VNI: 42 -> 43',
    'UDP port: 4789 -> 8472',
    'local: fd00::1 -> none',
    'remote: fd00::2 -> none',
    'learning: off -> on',
  ],
);
test(
  'a port that is no longer isolated, on a kernel that knows no neighbour suppression',
  differs,
  { links: [{ ...vxlan, bridgePort: { isolated: true, neighSuppress: true } }] },
  { links: [{ ...vxlanFound, bridgePort: { isolated: false, hairpin: true } }], fdb: [remoteEntry] },
  ['neighbour suppression: on -> none', 'isolated: on -> off'],
);
test(
  'a VTEP that is no longer flooded to, and one that nobody planned',
  differs,
  { links: [vxlan], fdb: [other] },
  { links: [vxlanFound], fdb: [remoteEntry, { ...remoteEntry, destination: 'fd00::9' }] },
  [
    'forwarding entry: 00:00:00:00:00:00 dev vx0 dst fd00::3 -> none',
    'forwarding entry: none -> 00:00:00:00:00:00 dev vx0 dst fd00::9',
  ],
);
test(
  'what was learned, what is for the host itself and what a control plane set is no difference',
  differs,
  { fdb: [{ link: 'eth0', mac: '02:00:00:00:00:AA' }] },
  {
    fdb: [
      { link: 'eth0', mac: '02:00:00:00:00:aa', origin: 'static' },
      { link: 'eth0', mac: '02:00:00:00:00:01', origin: 'local' },
      { link: 'eth0', mac: '02:00:00:00:00:02', origin: 'learned' },
      { link: 'eth0', mac: '02:00:00:00:00:03', origin: 'external' },
    ],
  },
  [],
);
test(
  'an entry that was to be static and is only learned',
  differs,
  { fdb: [{ link: 'eth0', mac: '02:00:00:00:00:aa' }] },
  { fdb: [{ link: 'eth0', mac: '02:00:00:00:00:aa', origin: 'learned' }] },
  ['forwarding entry: 02:00:00:00:00:aa dev eth0 -> none'],
);
