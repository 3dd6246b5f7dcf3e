import test from 'ava';
import { AF_INET, AF_INET6 } from '#lab/kernel/address.js';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import * as c from '#lab/kernel/netlink/constants.js';
import { changeLink, createBridge } from '#lab/kernel/netlink/link.js';
import type { Request } from '#lab/kernel/netlink/message.js';
import { addAddress, dumpBodies } from '#lab/kernel/netlink/network.js';
import { addRoute, decodeRoute, protocolName } from '#lab/kernel/netlink/route.js';
import { addRule, decodeRule } from '#lab/kernel/netlink/rule.js';
import { NetlinkSocket } from '#lab/kernel/netlink/socket.js';
import type { RouteState, RuleState } from '#lab/state.js';

const [BR0, BR1] = [2, 3] as const;
const indexes: Readonly<Record<string, number>> = { br0: BR0, br1: BR1 };
const indexOf = (link: string): number => indexes[link] ?? 0;
const OWN_TABLE = 100;

const bridge = (name: string, index: number): Request =>
  createBridge({ link: { kind: 'bridge', name, stp: false, forwardDelaySeconds: 0, addresses: [] }, index });

/** A namespace with two bridges that have addresses; a bridge is the one link that needs nothing else to be up. */
function inRouter(work: (netlink: NetlinkSocket) => void): void {
  const namespace = NetworkNamespace.create();
  const netlink = NetlinkSocket.open(namespace, 'r1');
  netlink.execute([
    bridge('br0', BR0),
    bridge('br1', BR1),
    changeLink(BR0, 'br0', { up: true }),
    changeLink(BR1, 'br1', { up: true }),
    addAddress(BR0, 'br0', '10.1.0.1/24'),
    addAddress(BR1, 'br1', '10.2.0.1/24'),
    addAddress(BR0, 'br0', 'fd00:1::1/64'),
    addAddress(BR1, 'br1', 'fd00:2::1/64'),
  ]);
  work(netlink);
  netlink.close();
  namespace.close();
}

const readRoutes = (netlink: NetlinkSocket, table: number = c.RT_TABLE_MAIN) =>
  [AF_INET, AF_INET6]
    .flatMap((family) => netlink.dump(c.RTM_GETROUTE, dumpBodies.routes(family), 'routes').map(decodeRoute))
    .filter((route) => route.table === table && route.protocol !== c.RTPROT_KERNEL);

const readsBack = test.macro((t, route: RouteState, expected: Partial<ReturnType<typeof decodeRoute>>) => {
  inRouter((netlink) => {
    netlink.execute([addRoute(route, indexOf)]);
    const found = readRoutes(netlink, route.table);
    t.is(found.length, 1);
    t.like(found[0], { protocol: c.RTPROT_STATIC, kind: c.RTN_UNICAST, ...expected });
  });
});

test(
  'a route over two next hops',
  readsBack,
  { destination: '10.9.0.0/16', nextHops: [{ via: '10.1.0.2', link: 'br0' }, { via: '10.2.0.2' }], metric: 7 },
  {
    destination: '10.9.0.0/16',
    metric: 7,
    nextHops: [
      { via: '10.1.0.2', index: BR0 },
      { via: '10.2.0.2', index: BR1 },
    ],
  },
);
test(
  'an IPv6 default route over two next hops',
  readsBack,
  { destination: 'default', nextHops: [{ via: 'fd00:1::2' }, { via: 'fd00:2::2', link: 'br1' }] },
  {
    destination: 'default',
    nextHops: [
      { via: 'fd00:1::2', index: BR0 },
      { via: 'fd00:2::2', index: BR1 },
    ],
  },
);
test(
  'next hops of which no prefix of the link knows',
  readsBack,
  {
    destination: '10.9.0.0/16',
    nextHops: [
      { via: '192.0.2.1', link: 'br0', onLink: true },
      { via: '10.2.0.2', link: 'br1' },
    ],
  },
  {
    nextHops: [
      { via: '192.0.2.1', index: BR0, onLink: true },
      { via: '10.2.0.2', index: BR1 },
    ],
  },
);
for (const [destination, via] of [
  ['10.9.0.0/16', '192.0.2.1'],
  ['fd09::/64', 'fd00:9::1'],
] as const) {
  test(
    `a gateway of which no prefix of the link knows, and an MTU: ${destination}`,
    readsBack,
    { destination, via, link: 'br0', onLink: true, mtuBytes: 1400 },
    { destination, via, index: BR0, onLink: true, mtuBytes: 1400 },
  );
}
test(
  'a route of another table',
  readsBack,
  { destination: '10.9.0.0/16', via: '10.1.0.2', table: 1000 },
  { table: 1000, via: '10.1.0.2', index: BR0 },
);

test('a refused route names all its next hops', (t) => {
  inRouter((netlink) => {
    const nextHops = [{ via: '10.1.0.2', link: 'br0' }, { via: '192.0.2.9' }];
    t.throws(() => netlink.execute([addRoute({ destination: '10.9.0.0/16', nextHops }, indexOf)]), {
      message: /^r1: route 10\.9\.0\.0\/16 via 10\.1\.0\.2 on br0, via 192\.0\.2\.9: Nexthop/u,
    });
  });
});

test('a route tells which daemon made it', (t) => {
  inRouter((netlink) => {
    const request = addRoute({ destination: '10.9.0.0/16', via: '10.1.0.2' }, indexOf);
    // rtm_protocol of struct rtmsg, as bird writes it.
    request.body.writeUInt8(12, 5);
    netlink.execute([request]);
    t.deepEqual(
      readRoutes(netlink).map(({ protocol }) => protocolName(protocol)),
      ['bird'],
    );
  });
});

const readRules = (netlink: NetlinkSocket) =>
  [AF_INET, AF_INET6].flatMap((family) =>
    netlink.dump(c.RTM_GETRULE, dumpBodies.rules(family), 'rules').map(decodeRule),
  );

test('rules are read back, and told from those of a fresh namespace', (t) => {
  const rules: readonly RuleState[] = [
    { family: 'ipv4', from: '10.1.0.0/16', table: OWN_TABLE, priority: 1000 },
    { family: 'ipv4', to: '10.9.0.0/16', table: 1000, priority: 1001 },
    { family: 'ipv6', from: 'fd00:1::/64', to: 'fd00:2::/64', table: OWN_TABLE, priority: 1000 },
  ];
  inRouter((netlink) => {
    const brief = () => readRules(netlink).map(({ family, priority, table }) => [family, priority, table]);
    const fresh = [
      ['ipv4', 0, c.RT_TABLE_LOCAL],
      ['ipv4', 32_766, c.RT_TABLE_MAIN],
      ['ipv4', 32_767, c.RT_TABLE_DEFAULT],
      ['ipv6', 0, c.RT_TABLE_LOCAL],
      ['ipv6', 32_766, c.RT_TABLE_MAIN],
    ];
    t.deepEqual(brief(), fresh);
    t.true(readRules(netlink).every(({ protocol }) => protocol === c.RTPROT_KERNEL));
    netlink.execute(rules.map(addRule));
    t.deepEqual(
      readRules(netlink).filter(({ protocol }) => protocol !== c.RTPROT_KERNEL),
      rules.map((rule) => ({ ...rule, action: 'lookup', conditions: [], protocol: c.RTPROT_STATIC })),
    );
  });
});
