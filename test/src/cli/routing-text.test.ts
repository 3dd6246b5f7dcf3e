import test from 'ava';
import type { ObservedNode } from '#lab/lab.js';
import { routingSections } from '#src/cli/routing-text.js';

const route = { kind: 'unicast', protocol: 'static' } as const;
const rule = {
  action: 'lookup',
  conditions: [],
  table: 100,
  priority: 10,
  family: 'ipv4',
  protocol: 'static',
} as const;

const node: ObservedNode = {
  name: 'h1',
  links: [],
  routes: [
    {
      ...route,
      destination: '10.9.0.0/16',
      nextHops: [
        { via: '10.1.0.2', link: 'eth1' },
        { via: '192.0.2.1', link: 'eth2', onLink: true },
      ],
      metric: 7,
      mtuBytes: 1400,
    },
    { ...route, destination: '10.1.2.0/24', via: '10.1.0.2', link: 'eth1', metric: 32, protocol: 'bird' },
    { ...route, destination: '10.8.0.0/16', kind: 'blackhole' },
  ],
  otherRoutes: [{ ...route, destination: 'default', via: '10.1.0.3', link: 'eth1', table: 100 }],
  neighbours: [{ address: '10.1.0.2', link: 'eth1', permanent: false }],
  fdb: [
    { mac: '00:00:00:00:00:00', link: 'vx0', destination: '192.0.2.2', origin: 'static' },
    { mac: '02:00:00:00:00:01', link: 'eth1', origin: 'local' },
    { mac: '02:00:00:00:00:02', link: 'eth1', origin: 'learned' },
  ],
  rules: [
    { ...rule, priority: 0, table: 255, protocol: 'kernel' },
    { ...rule, from: '10.1.0.0/16' },
    { ...rule, family: 'ipv6', conditions: ['iif eth0', 'fwmark 0x1'], action: 'blackhole', protocol: 'boot' },
  ],
};

function rowsOf(name: string): unknown {
  return routingSections(node).find((section) => section.name === name)?.rows;
}

test('a route has a row for each next hop, and tells who made it', (t) => {
  t.deepEqual(rowsOf('Routes'), [
    ['10.9.0.0/16', '10.1.0.2', 'eth1', '-', '7', '1400', 'unicast', 'static'],
    ['', '192.0.2.1', 'eth2, on-link', '', '', '', '', ''],
    ['10.1.2.0/24', '10.1.0.2', 'eth1', '-', '32', '-', 'unicast', 'bird'],
    ['10.8.0.0/16', '-', '-', '-', '-', '-', 'blackhole', 'static'],
  ]);
});

test('rules are shown but for those that every namespace has', (t) => {
  t.deepEqual(rowsOf('Policy rules'), [
    ['10', 'IPv4', '10.1.0.0/16', 'all', '-', 'table 100', 'static'],
    ['10', 'IPv6', 'all', 'all', 'iif eth0, fwmark 0x1', 'blackhole', 'boot'],
  ]);
});

test("forwarding entries tell the set from the learned; the ports' own addresses are not shown", (t) => {
  t.deepEqual(rowsOf('Forwarding entries'), [
    ['00:00:00:00:00:00', 'vx0', '192.0.2.2', 'static'],
    ['02:00:00:00:00:02', 'eth1', '-', 'learned'],
  ]);
});

test('every row has a cell for every column', (t) => {
  for (const { name, columns, rows } of routingSections(node)) {
    for (const row of rows) t.is(row.length, columns.length, name);
  }
});
