/** Every kind of object that a node may have, as the shell script makes it. */
import test from 'ava';
import { emptyNode, type NodeState } from '#lab/state.js';
import { renderShell } from '#src/plan/render-shell.js';
import { plan } from './plans.js';

const renders = test.macro((t, change: Partial<NodeState>, lines: readonly string[]) => {
  const script = renderShell({ ...plan(), nodes: [{ ...emptyNode('a', 'outsider'), ...change }] });
  for (const line of lines) t.true(script.includes(`  ${line}\n`), `${line} in\n${script}`);
});

test(
  'vxlan with static peers and with a multicast group',
  renders,
  {
    links: [
      {
        kind: 'vxlan',
        name: 'vx0',
        vni: 42,
        port: 4789,
        local: '192.0.2.1',
        learning: false,
        mtuBytes: 1450,
        addresses: [],
      },
      {
        kind: 'vxlan',
        name: 'vx1',
        vni: 43,
        port: 4789,
        remote: '239.1.1.1',
        parent: 'eth1',
        up: false,
        addresses: [],
      },
    ],
    fdb: [{ link: 'vx0', mac: '00:00:00:00:00:00', destination: '192.0.2.2' }],
  },
  [
    'ip -n netlab-a link add name vx0 mtu 1450 type vxlan id 42 dstport 4789 local 192.0.2.1 nolearning',
    'ip -n netlab-a link add name vx1 type vxlan id 43 dstport 4789 group 239.1.1.1 dev eth1',
    'bridge -n netlab-a fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.2',
  ],
);
test(
  'macvlan and tap',
  renders,
  {
    links: [
      { kind: 'macvlan', name: 'mv0', parent: 'eth1', mode: 'bridge', addresses: [] },
      { kind: 'tun', name: 'tap0', mode: 'tap', addresses: [] },
    ],
  },
  [
    'ip -n netlab-a link add name mv0 link eth1 type macvlan mode bridge',
    'ip -n netlab-a tuntap add dev tap0 mode tap',
  ],
);
test(
  'a bridge with STP counts its delay in hundredths of a second',
  renders,
  { links: [{ kind: 'bridge', name: 'br0', stp: true, forwardDelaySeconds: 2, addresses: [] }] },
  ['ip -n netlab-a link add name br0 type bridge stp_state 1 forward_delay 200'],
);
test(
  'routes, rules and neighbours',
  renders,
  {
    routes: [
      { destination: '10.9.0.0/16', via: '10.1.0.9', link: 'br0', source: '10.1.0.1', metric: 7, table: 100 },
      { destination: 'fd00::/8', kind: 'blackhole' },
    ],
    rules: [
      { family: 'ipv6', from: 'fd00::/64', table: 100, priority: 10 },
      { family: 'ipv4', to: '10.9.0.0/16', table: 100, priority: 11 },
    ],
    neighbours: [{ address: '10.1.0.9', mac: '02:42:0a:01:00:09', link: 'br0' }],
  },
  [
    'ip -n netlab-a route add 10.9.0.0/16 via 10.1.0.9 dev br0 src 10.1.0.1 metric 7 table 100',
    'ip -n netlab-a -6 route add blackhole fd00::/8',
    'ip -n netlab-a -6 rule add from fd00::/64 table 100 priority 10',
    'ip -n netlab-a -4 rule add from all to 10.9.0.0/16 table 100 priority 11',
    'ip -n netlab-a neighbour add 10.1.0.9 lladdr 02:42:0a:01:00:09 dev br0 nud permanent',
  ],
);
test(
  'several next hops, gateways on-link, MTUs of routes',
  renders,
  {
    routes: [
      {
        destination: '10.9.0.0/16',
        nextHops: [{ via: '10.1.0.2', link: 'eth1', onLink: true }, { via: '10.2.0.2' }],
        metric: 7,
        mtuBytes: 1400,
      },
      { destination: 'default', nextHops: [{ via: 'fd00::2' }, { via: 'fd00::3' }] },
      { destination: '10.8.0.0/16', via: '192.0.2.1', link: 'eth1', onLink: true },
    ],
  },
  [
    'ip -n netlab-a route add 10.9.0.0/16 metric 7 mtu 1400 nexthop via 10.1.0.2 dev eth1 onlink nexthop via 10.2.0.2',
    'ip -n netlab-a -6 route add default nexthop via fd00::2 nexthop via fd00::3',
    'ip -n netlab-a route add 10.8.0.0/16 via 192.0.2.1 dev eth1 onlink',
  ],
);
test(
  'options of a bridge port',
  renders,
  {
    links: [
      {
        kind: 'vxlan',
        name: 'vx0',
        vni: 1,
        port: 4789,
        local: 'fd00::1',
        master: 'br0',
        bridgePort: { hairpin: false, learning: false, neighSuppress: true, isolated: true },
        addresses: [],
      },
    ],
    fdb: [
      { link: 'vx0', mac: '00:00:00:00:00:00', destination: 'fd00::2' },
      { link: 'vx0', mac: '00:00:00:00:00:00', destination: 'fd00::3' },
      { link: 'vx0', mac: '02:00:00:00:00:01' },
    ],
  },
  [
    'ip -n netlab-a link set dev vx0 master br0',
    'ip -n netlab-a link set dev vx0 type bridge_slave hairpin off learning off neigh_suppress on isolated on',
    'bridge -n netlab-a fdb append 00:00:00:00:00:00 dev vx0 dst fd00::2',
    'bridge -n netlab-a fdb append 00:00:00:00:00:00 dev vx0 dst fd00::3',
    'bridge -n netlab-a fdb append 02:00:00:00:00:01 dev vx0 master static',
  ],
);
