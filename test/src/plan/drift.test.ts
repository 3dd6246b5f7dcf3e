import test from 'ava';
import type { ObservedLink, ObservedNode, ObservedRoute } from '#lab/lab.js';
import type { NodeState } from '#lab/state.js';
import { type Drift, type DriftReaders, drift } from '#src/plan/drift.js';
import { defaultRules } from '#src/plan/drift-rules.js';
import { plan } from './plans.js';

function planned(name: string): NodeState {
  const found = plan().nodes.find((node) => node.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

/** The node as the kernel reports it when nobody has touched it: with what the kernel adds by itself. */
function asBuilt(node: NodeState): ObservedNode {
  const counters = { up: true, running: true, rxPackets: 7, txPackets: 9, queueing: 'noqueue' };
  const links = node.links.map((link, index): ObservedLink => {
    const { name, kind, mac = '96:00:00:00:00:01', mtuBytes = 1500, master } = link;
    return {
      name,
      index: index + 2,
      kind,
      mac,
      mtuBytes,
      ...counters,
      ...(master === undefined ? {} : { master }),
      addresses: [...link.addresses, 'fe80::42:aff:fe01:102/64'],
    };
  });
  const lo: ObservedLink = {
    name: 'lo',
    index: 1,
    kind: '',
    mac: '00:00:00:00:00:00',
    mtuBytes: 65536,
    ...counters,
    addresses: ['127.0.0.1/8', '::1/128'],
  };
  const routes = node.routes.map(
    ({ table: _, ...route }): ObservedRoute => ({
      ...route,
      kind: 'unicast',
      protocol: 'static',
      ...(route.via?.includes(':') ? { metric: 1024 } : {}),
    }),
  );
  const rules = [...defaultRules('ipv4'), ...defaultRules('ipv6')];
  return { name: node.name, links: [lo, ...links], routes, otherRoutes: [], neighbours: [], fdb: [], rules };
}

function withLink(observed: ObservedNode, name: string, change: Partial<ObservedLink>): ObservedNode {
  return { ...observed, links: observed.links.map((link) => (link.name === name ? { ...link, ...change } : link)) };
}

const finds = test.macro(
  (
    t,
    name: string,
    change: (observed: ObservedNode) => ObservedNode,
    expected: readonly Drift[],
    readers: DriftReaders = {},
  ) => {
    const node = planned(name);
    t.deepEqual(drift(node, change(asBuilt(node)), readers), expected);
  },
);

for (const { name } of plan().nodes) test(`${name} as built`, finds, name, (node) => node, []);

const smaller = { mtuBytes: 1400 };
const mtuDrift = (where: string) => [{ where, what: 'MTU', planned: '1500', found: '1400' }];
const shrunk = (node: ObservedNode) => withLink(withLink(node, 'eth1', smaller), 'br0', smaller);
test('an MTU', finds, 'h2c1', (node) => withLink(node, 'eth0', smaller), mtuDrift('h2c1:eth0'));
test("a port's MTU, which the kernel gave to the bridge", finds, 'h2', shrunk, mtuDrift('h2:eth1'));
test("a bridge's MTU that somebody set", finds, 'h2', (node) => withLink(node, 'br0', smaller), mtuDrift('h2:br0'));
test('a MAC', finds, 'h2c1', (node) => withLink(node, 'eth0', { mac: '02:42:0a:01:02:99' }), [
  { where: 'h2c1:eth0', what: 'MAC', planned: '02:42:0a:01:02:02', found: '02:42:0a:01:02:99' },
]);
test('a link that is down', finds, 'h2', (node) => withLink(node, 'veth-h2c1', { up: false }), [
  { where: 'h2:veth-h2c1', what: 'state', planned: 'up', found: 'down' },
]);
test(
  'a port taken out of its bridge',
  finds,
  'h1',
  (node) => ({
    ...node,
    links: node.links.map(({ master, ...link }) =>
      link.name === 'eth1' || master === undefined ? link : { ...link, master },
    ),
  }),
  [{ where: 'h1:eth1', what: 'master', planned: 'br0', found: 'none' }],
);
test(
  'a link that is gone',
  finds,
  'h1',
  (node) => ({ ...node, links: node.links.filter(({ name }) => name !== 'veth-h1c2') }),
  [{ where: 'h1:veth-h1c2', what: 'link', planned: 'veth', found: 'none' }],
);
test(
  'a link that nobody planned, but not those of the kernel',
  finds,
  'h1',
  (node) => ({
    ...node,
    links: [
      ...node.links,
      ...['sit0', 'ip6tnl0', 'vx0'].map((name) => ({ ...node.links[0], name, kind: 'vxlan' }) as ObservedLink),
    ],
  }),
  [{ where: 'h1:vx0', what: 'link', planned: 'none', found: 'vxlan' }],
);
test(
  'a wrong prefix length',
  finds,
  'h1c1',
  (node) => withLink(node, 'eth0', { addresses: ['10.1.1.2/24', 'FD00:10:1:0:10:1:1:2/64'] }),
  [
    { where: 'h1c1:eth0', what: 'address', planned: '10.1.1.2/16', found: 'none' },
    { where: 'h1c1:eth0', what: 'address', planned: 'none', found: '10.1.1.2/24' },
  ],
);
test('a default route that is gone', finds, 'h1c1', (node) => ({ ...node, routes: node.routes.slice(1) }), [
  { where: 'h1c1', what: 'route', planned: 'default via 10.1.0.1 dev eth0', found: 'none' },
]);
test(
  'another gateway',
  finds,
  'h1c1',
  (node) => ({
    ...node,
    routes: node.routes.map((route) => (route.via === '10.1.0.1' ? { ...route, via: '10.1.0.2' } : route)),
  }),
  [
    { where: 'h1c1', what: 'route', planned: 'default via 10.1.0.1 dev eth0', found: 'none' },
    { where: 'h1c1', what: 'route', planned: 'none', found: 'default via 10.1.0.2 dev eth0' },
  ],
);
test(
  'an extra route, but not connected ones',
  finds,
  'h1c1',
  (node) => ({
    ...node,
    routes: [
      ...node.routes,
      { destination: '10.1.0.0/16', link: 'eth0', kind: 'unicast', protocol: 'static' },
      { destination: 'fd00:10:1::/64', link: 'eth0', kind: 'unicast', protocol: 'static' },
      { destination: 'fe80::/64', link: 'eth0', kind: 'unicast', protocol: 'static' },
      { destination: '10.1.2.0/24', kind: 'blackhole', protocol: 'boot' },
    ],
  }),
  [{ where: 'h1c1', what: 'route', planned: 'none', found: 'blackhole 10.1.2.0/24' }],
);
test(
  'a permanent neighbour, but no learned one',
  finds,
  'h1',
  (node) => ({
    ...node,
    neighbours: [
      { address: '10.1.1.2', link: 'br0', mac: '02:00:00:00:00:01', permanent: true },
      { address: '10.1.1.3', link: 'br0', mac: '02:42:0a:01:01:03', permanent: false },
    ],
  }),
  [{ where: 'h1', what: 'permanent neighbour', planned: 'none', found: '10.1.1.2 at 02:00:00:00:00:01 dev br0' }],
);
test(
  'a sysctl',
  finds,
  'h1',
  (node) => node,
  [{ where: 'h1', what: 'net.ipv4.ip_forward', planned: '1', found: '0' }],
  { sysctls: { ...planned('h1').sysctls, 'net.ipv4.ip_forward': '0', 'net.ipv6.conf.br0.disable_ipv6': '0' } },
);
test(
  'a sysctl that the kernel lacks',
  finds,
  'r1',
  (node) => node,
  [{ where: 'r1', what: 'net.ipv6.conf.all.forwarding', planned: '1', found: 'none' }],
  { sysctls: { 'net.ipv4.ip_forward': '1' } },
);

const loaded = `table ip netlab {
\tchain postrouting {
\t\ttype nat hook postrouting priority srcnat; policy accept;
\t\tip saddr 10.1.0.0/16 oifname != "br0" counter packets 3 bytes 252 masquerade
\t}
}
`;
const rule = 'table ip netlab: chain postrouting: ip saddr 10.1.0.0/16 oifname != "br0" counter masquerade';

test('a ruleset whose counters ran on', finds, 'h1', (node) => node, [], {
  nftables: { loaded, now: loaded.replace('packets 3 bytes 252', 'packets 9 bytes 800') },
});
test(
  'a rule that was made unconditional',
  finds,
  'h1',
  (node) => node,
  [
    { where: 'h1', what: 'nftables', planned: rule, found: 'none' },
    { where: 'h1', what: 'nftables', planned: 'none', found: rule.replace(' oifname != "br0"', '') },
  ],
  { nftables: { loaded, now: loaded.replace(' oifname != "br0"', '') } },
);
test('a ruleset that is gone', (t) => {
  const found = drift(planned('h1'), asBuilt(planned('h1')), { nftables: { loaded, now: '' } });
  t.is(found.length, 4);
  t.true(found.every(({ what, found: seen }) => what === 'nftables' && seen === 'none'));
});
test(
  'rules in another order',
  finds,
  'h1',
  (node) => node,
  [{ where: 'h1', what: 'nftables', planned: 'the same rules', found: 'in another order' }],
  { nftables: { loaded: 'table ip a {\n x\n y\n}\n', now: 'table ip a {\n y\n x\n}\n' } },
);
