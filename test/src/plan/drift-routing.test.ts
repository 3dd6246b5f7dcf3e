import test from 'ava';
import type { ObservedLink, ObservedRoute, ObservedRule } from '#lab/lab.js';
import { emptyNode, type RouteState } from '#lab/state.js';
import { drift } from '#src/plan/drift.js';
import { defaultRules } from '#src/plan/drift-rules.js';
import { differs, observed } from './differences.js';

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

const inTable: ObservedRoute = { ...unicast, destination: '10.9.0.0/16', via: '10.1.0.2', link: 'eth1', table: 100 };
test(
  'a route of another table as planned, and one in a table where nobody planned any',
  differs,
  { routes: [{ destination: '10.9.0.0/16', via: '10.1.0.2', table: 100 }] },
  { otherRoutes: [inTable, { ...inTable, table: 7, protocol: 'boot' }, { ...inTable, table: 8, protocol: 'bird' }] },
  ['route: none -> 10.9.0.0/16 via 10.1.0.2 dev eth1 table 7'],
);
test(
  'the same way in the main table is another route',
  differs,
  { routes: [{ destination: '10.9.0.0/16', via: '10.1.0.2', table: 100 }] },
  { routes: [{ ...unicast, destination: '10.9.0.0/16', via: '10.1.0.2', link: 'eth1' }] },
  ['route: 10.9.0.0/16 via 10.1.0.2 table 100 -> none', 'route: none -> 10.9.0.0/16 via 10.1.0.2 dev eth1'],
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
