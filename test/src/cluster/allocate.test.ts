import test from 'ava';
import { AddressError } from '#src/address/ip.js';
import { allocateContainer } from '#src/cluster/allocate.js';
import { resolveCluster } from '#src/cluster/resolve.js';
import { hosts, scenario } from './scenarios.js';

const cluster = resolveCluster(scenario());

test('the next container has the lowest free address', (t) => {
  t.deepEqual(allocateContainer(cluster, 'h1', { name: 'extra' }, 'next'), {
    name: 'extra',
    host: 'h1',
    ipv4: '10.1.1.4',
    ipv6: 'fd00:10:1:0:10:1:1:4',
    mac: '02:42:0a:01:01:04',
    assigned: 'automatic',
  });
});

test('the last address of the slice can be had, one more cannot', (t) => {
  t.is(allocateContainer(cluster, 'h2', { name: 'extra' }, 'last').ipv4, '10.1.2.254');
  t.throws(() => allocateContainer(cluster, 'h2', { name: 'extra' }, 'beyond-last'), {
    instanceOf: AddressError,
    message: /h2's slice 10\.1\.2\.0\/24 holds 253 containers, 10\.1\.2\.2 to 10\.1\.2\.254/,
  });
});

test('a full slice refuses every way', (t) => {
  const full = resolveCluster(scenario({ hosts: hosts(1, 253) }));
  t.throws(() => allocateContainer(full, 'h1', { name: 'extra' }, 'next'), { message: /and all are taken/ });
  t.throws(() => allocateContainer(full, 'h1', { name: 'extra' }, 'last'), { message: /10\.1\.1\.254.*is taken/ });
});

test('a chosen address is taken, or refused in words', (t) => {
  const choose = (address: string) => allocateContainer(cluster, 'h1', { name: 'extra', address }, 'next');
  t.like(choose('10.1.1.77'), { ipv4: '10.1.1.77', mac: '02:42:0a:01:01:4d', assigned: 'manual' });
  t.throws(() => choose('10.1.1.2'), { message: /already the address of h1c1/ });
  t.throws(() => choose('10.1.2.9'), { message: /not in h1's slice/ });
  t.throws(() => choose('nonsense'), { instanceOf: AddressError });
});

test('names, hosts and MACs are checked', (t) => {
  const mac = '02:42:0a:01:02:02';
  t.throws(() => allocateContainer(cluster, 'h3', { name: 'extra' }, 'next'), {
    message: /no host h3; there are h1, h2/,
  });
  t.throws(() => allocateContainer(cluster, 'h1', { name: 'h2c1' }, 'next'), { message: /already a node named h2c1/ });
  t.throws(() => allocateContainer(cluster, 'h1', { name: 'world' }, 'next'), {
    message: /already a node named world/,
  });
  t.throws(() => allocateContainer(cluster, 'h1', { name: 'extra', mac }, 'next'), {
    message: /already the MAC of h2c1/,
  });
});
