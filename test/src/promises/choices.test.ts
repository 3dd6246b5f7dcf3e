/** What is measured in large clusters: pure functions, no lab. */
import test from 'ava';
import type { Endpoint } from '#src/plan/plan.js';
import { orderedPairs, pairCoverage } from '#src/probes/endpoint-choice.js';
import { choosePairs, directionsOf } from '#src/promises/path-mtu/directions.js';
import { resolutionOf } from '#src/trace/resolution-frames.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';

test('ordered pairs: all where there are few, a ring where there are many', (t) => {
  t.is(orderedPairs(['a', 'b', 'c'], 64).length, 6);
  t.deepEqual(orderedPairs(['a'], 64), []);
  t.deepEqual(orderedPairs([], 64), []);
  const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
  const pairs = orderedPairs(names, 64);
  t.is(new Set(pairs.map(([from]) => from)).size, 100);
  t.is(new Set(pairs.map(([, to]) => to)).size, 100);
  t.true(pairs.every(([from, to]) => from !== to));
  t.is(pairCoverage(6, 3, 'hosts'), 'all 6 ordered pairs of hosts');
  t.is(pairCoverage(100, 100, 'hosts'), '100 of 9900 ordered pairs of hosts');
});

test('path-mtu in a large cluster: every container, every ordered pair of hosts', (t) => {
  const plan = planOf(scenarioOf({ hosts: 10, containers: 20, outsiders: 0 }));
  const guests = plan.cluster.hosts.map(
    ({ name }): Endpoint => ({
      node: `${name}g1`,
      role: 'container',
      host: name,
      link: 'eth0',
      ipv4: '10.1.0.0',
      ipv6: 'fd00::',
    }),
  );
  const pairs = choosePairs(plan, guests);
  t.is(new Set(pairs.map(({ container }) => container.node)).size, 200);
  t.is(new Set(pairs.map(({ guest, container }) => `${guest.host} ${container.host}`)).size, 100);
  t.true(pairs.length <= 300, `${pairs.length} pairs`);
  t.is(directionsOf(plan, pairs).length, pairs.length * 4);
  const huge = planOf(scenarioOf({ hosts: 10, containers: 100, outsiders: 0 }));
  const some = choosePairs(huge, guests);
  t.true(
    some.length <= 360 && new Set(some.map(({ container }) => container.node)).size >= 250,
    `${some.length} pairs`,
  );
  const narrow = { ...plan, mtu: { ...plan.mtu, bytes: 1250 } };
  t.true(directionsOf(narrow, pairs).every(({ family }) => family === 'ipv4'));
});

test('ARP and neighbour discovery frames are told apart', (t) => {
  const address = Buffer.from([10, 1, 2, 2]);
  const arp = Buffer.alloc(60);
  Buffer.from('0806000108000604', 'hex').copy(arp, 12);
  arp.writeUInt16BE(1, 20);
  address.copy(arp, 38);
  t.is(resolutionOf(arp, 'ipv4', address), 'question');
  t.is(resolutionOf(arp, 'ipv4', Buffer.from([10, 1, 2, 3])), undefined);
  arp.writeUInt16BE(2, 20);
  address.copy(arp, 28);
  t.is(resolutionOf(arp, 'ipv4', address), 'answer');
  t.is(resolutionOf(arp, 'ipv6', Buffer.alloc(16)), undefined);
  t.is(resolutionOf(Buffer.alloc(10), 'ipv4', address), undefined);
  t.is(resolutionOf(arp.subarray(0, 30), 'ipv4', address), undefined);
});

test('and so are those in a tunnel', (t) => {
  const address = Buffer.from('fd000010000100000010000100010002', 'hex');
  const solicitation = Buffer.alloc(86);
  Buffer.from('86dd60', 'hex').copy(solicitation, 12);
  solicitation.writeUInt8(58, 20);
  solicitation.writeUInt8(135, 54);
  address.copy(solicitation, 62);
  // Ethernet, IPv6, GRE: the outer header looks like the beginning of one, too.
  const outside = Buffer.concat([solicitation.subarray(0, 12), Buffer.from('86dd60', 'hex'), Buffer.alloc(43, 0xff)]);
  t.is(resolutionOf(solicitation, 'ipv6', address), 'question');
  t.is(resolutionOf(Buffer.concat([outside, solicitation]), 'ipv6', address), 'question');
  t.is(resolutionOf(Buffer.concat([outside, solicitation]), 'ipv4', address.subarray(12)), undefined);
});
