import test from 'ava';
import { routedTwin } from '#src/plan/routed-twin.js';
import { hosts, plan } from './plans.js';

test('two hosts with a router between them, one container each, the same strategy and parameters', (t) => {
  const twin = routedTwin(plan({ hosts: hosts(3, 4) }, { network: '10.2.0.0/16' }));
  t.deepEqual(twin.nodes.map(({ name }) => name).toSorted(), [
    'gw1',
    'gw2',
    'h1',
    'h1c1',
    'h2',
    'h2c1',
    'r1',
    'sw0',
    'sw1',
    'sw2',
    'world',
  ]);
  t.is(twin.cluster.underlay.kind, 'routed');
  t.is(twin.strategy.parameters['network'], '10.2.0.0/16');
});

test('of a cluster of one host too, and what a person chose is left out', (t) => {
  const [only] = hosts(1, 1);
  const host = { ...only, name: 'alone', address: '10.1.0.77', containers: [{ name: 'web', address: '10.1.1.9' }] };
  const twin = routedTwin(plan({ hosts: [host], ipv6: false }));
  t.deepEqual(
    twin.cluster.hosts.map(({ name, ipv4 }) => [name, ipv4]),
    [
      ['alone', '10.1.0.1'],
      ['h1', '10.1.0.2'],
    ],
  );
  t.is(twin.cluster.network.ipv6, undefined);
});
