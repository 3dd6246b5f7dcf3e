import test from 'ava';
import fc from 'fast-check';
import { AddressError, familyOf } from '#src/address/ip.js';
import { contains, overlaps } from '#src/address/prefix.js';
import { addressingFor, capacityOf, ipv6Of } from '#src/cluster/addressing.js';
import type { Cluster } from '#src/cluster/cluster.js';
import { resolveCluster } from '#src/cluster/resolve.js';
import { hosts, scenario } from './scenarios.js';

test('the addresses are those of the recipe', (t) => {
  const cluster = resolveCluster(scenario());
  const [h1, h2] = cluster.hosts;
  t.deepEqual([h1?.ipv4, h1?.slice, h2?.ipv4, h2?.slice], ['10.1.0.1', '10.1.1.0/24', '10.1.0.2', '10.1.2.0/24']);
  t.like(h2?.containers[1], {
    name: 'h2c2',
    host: 'h2',
    ipv4: '10.1.2.3',
    mac: '02:42:0a:01:02:03',
    assigned: 'automatic',
  });
  t.like(cluster.outsiders[0], { name: 'o1', ipv4: '10.1.255.1' });
  t.deepEqual(cluster.network, { ipv4: '10.1.0.0/16', ipv6: 'fd00:10:1::/64' });
});

test('beyond the hosts are r1 and world', (t) => {
  const {
    hosts: [h1],
    router,
    world,
    switches,
  } = resolveCluster(scenario());
  t.deepEqual([h1?.uplinkIpv4, h1?.uplinkIpv6], ['192.0.2.11', '2001:db8:0:1::11']);
  t.deepEqual(router, { name: 'r1', uplinkIpv4: '192.0.2.1', uplinkIpv6: '2001:db8:0:1::1' });
  t.like(world, { name: 'world', ipv4: '198.51.100.2', gatewayIpv4: '198.51.100.1', gatewayIpv6: '2001:db8:0:2::1' });
  t.deepEqual(switches, { lan: 'sw1', uplink: 'sw0' });
});

test('the talk has the same in 10.2.0.0/16', (t) => {
  const cluster = resolveCluster(scenario(), { network: '10.2.0.0/16' });
  t.like(cluster.hosts[0]?.containers[0], { ipv4: '10.2.1.2', ipv6: 'fd00:10:2:0:10:2:1:2', mac: '02:42:0a:02:01:02' });
});

test('without IPv6 there is none anywhere', (t) => {
  t.notRegex(JSON.stringify(resolveCluster(scenario({ ipv6: false }))), /ipv6/i);
  const { network, uplink } = resolveCluster(scenario(), { ipv6Network: null });
  t.deepEqual([network.ipv6, uplink.ipv6], [undefined, '2001:db8:0:1::/64']);
});

test('what a person wrote wins, and is not handed out again', (t) => {
  const [h1, h2] = hosts(2, 3);
  const first = { name: 'web', address: '10.1.1.3', mac: '02:00:00:00:00:01', mtuBytes: 1400 };
  const cluster = resolveCluster(
    scenario({
      hosts: [
        { name: 'left', containers: [first, ...(h1?.containers ?? [])], address: '10.1.0.77', mtuBytes: 1450 },
        { name: 'right', containers: h2?.containers ?? [], slice: '10.1.100.0/28' },
      ],
    }),
  );
  const [left, right] = cluster.hosts;
  t.like(left, { ipv4: '10.1.0.77', slice: '10.1.1.0/24', mtuBytes: 1450 });
  t.like(left?.containers[0], { ipv4: '10.1.1.3', mac: '02:00:00:00:00:01', mtuBytes: 1400, assigned: 'manual' });
  t.deepEqual(
    left?.containers.slice(1).map(({ ipv4 }) => ipv4),
    ['10.1.1.2', '10.1.1.4', '10.1.1.5'],
  );
  t.deepEqual(
    right?.containers.map(({ ipv4 }) => ipv4),
    ['10.1.100.2', '10.1.100.3', '10.1.100.4'],
  );
  t.is(right?.mtuBytes, 1500);
});

function addressesOf({ hosts: machines, outsiders, router }: Cluster): Record<'ipv4' | 'ipv6' | 'mac', string[]> {
  const nodes = [...machines, ...outsiders, ...machines.flatMap(({ containers }) => containers)];
  const uplinks = [router, ...machines];
  return {
    ipv4: [...nodes.map(({ ipv4 }) => ipv4), ...uplinks.map(({ uplinkIpv4 }) => uplinkIpv4)],
    ipv6: [...nodes, ...uplinks.map(({ uplinkIpv6 }) => ({ ipv6: uplinkIpv6 }))].flatMap(({ ipv6 }) => ipv6 ?? []),
    mac: machines.flatMap(({ containers }) => containers.map(({ mac }) => mac)),
  };
}

test('in clusters of every size and scheme nothing is there twice, and all is where it belongs', (t) => {
  const schemes = fc.record({
    network: fc.constantFrom('10.1.0.0/16', '10.2.0.0/16', '172.16.0.0/12', '192.168.128.0/20', '10.0.0.0/8'),
    slicePrefixLength: fc.integer({ min: 22, max: 29 }),
  });
  fc.assert(
    fc.property(schemes, fc.nat(1000), fc.nat(4), fc.nat(6), (scheme, size, containers, outsiders) => {
      const most = capacityOf(addressingFor(scheme));
      const count = 1 + (size % most.hosts);
      const others = Array.from({ length: Math.min(outsiders, most.outsiders) }, (_, i) => ({ name: `o${i + 1}` }));
      const cluster = resolveCluster(scenario({ hosts: hosts(count, containers), outsiders: others }), scheme);
      const found = addressesOf(cluster);
      for (const list of Object.values(found)) t.is(new Set(list).size, list.length);
      t.true(found.ipv6.every((address) => familyOf(address) === 'ipv6'));
      const slices = cluster.hosts.map(({ slice }) => slice);
      t.true(slices.every((slice, i) => i === 0 || !overlaps(slice, slices[i - 1] ?? '')));
      const fixed = [...cluster.hosts, ...cluster.outsiders].map(({ ipv4 }) => ipv4);
      t.false(fixed.some((address) => slices.some((slice) => contains(slice, address))));
      t.true(fixed.every((address) => contains(scheme.network, address)));
    }),
    { numRuns: 40 },
  );
});

test('250 hosts fit, with their slices between the block of the hosts and that of the outsiders', (t) => {
  const cluster = resolveCluster(scenario({ hosts: hosts(250, 1) }));
  t.like(cluster.hosts[249], { ipv4: '10.1.0.250', slice: '10.1.250.0/24', uplinkIpv4: '192.0.2.7' });
  const found = addressesOf(cluster);
  t.is(new Set(found.ipv4).size, found.ipv4.length);
});

test('what does not fit is refused in words', (t) => {
  const refused = (run: () => unknown, message: RegExp) => t.throws(run, { instanceOf: AddressError, message });
  refused(
    () => resolveCluster(scenario({ hosts: hosts(1, 254) })),
    /h1's slice 10\.1\.1\.0\/24 holds 253 containers.* all are taken/,
  );
  refused(
    () => resolveCluster(scenario({ hosts: hosts(15, 1) }), { slicePrefixLength: 28 }),
    /addresses for 14 hosts, not 15/,
  );
  refused(() => addressingFor({ slicePrefixLength: 17 }), /allowed are 18 to 30/);
  refused(() => addressingFor({ network: '10.1.1.0/29' }), /it is too small/);
  refused(() => addressingFor({ network: '10.1.0.1/16' }), /the network is 10\.1\.0\.0\/16/);
  refused(() => addressingFor({ network: '127.0.0.0/16' }), /no unicast network/);
  refused(() => addressingFor({ network: '192.0.2.0/24', slicePrefixLength: 28 }), /which the lab uses between/);
  refused(() => addressingFor({ network: 'fd00::/64' }), /not IPv4/);
  refused(() => addressingFor({ ipv6Network: 'fd00::/65' }), /longer than 64/);
  refused(() => addressingFor({ ipv6Network: 'fe80::/64' }), /no unicast network/);
});

test('IPv6 repeats IPv4 in readable form, and is unique', (t) => {
  t.is(ipv6Of('fd00:10:1::/64', '10.1.1.2'), 'fd00:10:1:0:10:1:1:2');
  const ipv4 = fc.ipV4();
  fc.assert(fc.property(ipv4, ipv4, (a, b) => (a === b) === (ipv6Of('fd00::/64', a) === ipv6Of('fd00::/64', b))));
});
