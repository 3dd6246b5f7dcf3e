import test from 'ava';
import { hosts } from '../plan/plans.js';
import { bridgeOf, plan, portsOf, three, words } from './ovs-plans.js';
import { link } from './plan-parts.js';

for (const [mesh, count, tunnels] of [
  ['full', 2, 1],
  ['full', 3, 3],
  ['full', 5, 10],
  ['ring', 2, 1],
  ['ring', 3, 3],
  ['ring', 5, 5],
  ['star', 5, 4],
  ['star', 1, 0],
] as const)
  test(`${mesh} mesh of ${count} hosts: ${tunnels} tunnels, the same name at both ends`, (t) => {
    const built = plan({ mesh }, { hosts: hosts(count, 1) });
    const ends = built.cluster.hosts.flatMap(({ name }) =>
      (bridgeOf(built, name)?.ports ?? []).map((port) => [name, port.name, port.peer] as const),
    );
    t.is(ends.length, 2 * tunnels);
    for (const [name, port, peer] of ends) {
      t.is(peer?.link, port);
      t.true(ends.some(([other, same, back]) => other === peer?.node && same === port && back?.node === name));
    }
  });

test('in a ring each host has the one before and the one after it, in a star only the first has others', (t) => {
  const five = { hosts: hosts(5, 1) };
  t.deepEqual(portsOf(plan({ mesh: 'ring' }, five), 'h1'), ['gre1 h2', 'gre2 h5']);
  t.deepEqual(portsOf(plan({ mesh: 'ring' }, five), 'h3'), ['gre3 h2', 'gre4 h4']);
  t.deepEqual(portsOf(plan({ mesh: 'star', tunnel: 'vxlan' }, five), 'h4'), ['vxlan3 h1']);
});

// facts/mtu.md
for (const [tunnel, family, key, overhead] of [
  ['gre', 'ipv4', undefined, 38],
  ['gre', 'ipv4', 7, 42],
  ['gre', 'ipv6', undefined, 58],
  ['gre', 'ipv6', 7, 62],
  ['vxlan', 'ipv4', 7, 50],
  ['vxlan', 'ipv6', undefined, 70],
  ['geneve', 'ipv4', undefined, 50],
  ['geneve', 'ipv6', 7, 70],
] as const)
  test(`${tunnel}${key === undefined ? '' : ' with a key'} over ${family} takes ${overhead} bytes off the wire`, (t) => {
    for (const mtuBytes of [1400, 1500, 9000]) {
      const built = plan({ tunnel, ...(key === undefined ? {} : { key }) }, three, { mtuBytes, family });
      t.is(built.mtu.bytes, mtuBytes - overhead);
      t.is(link(built, 'h1c1:eth0').mtuBytes, mtuBytes - overhead);
      t.is(link(built, 'h1:eth1').mtuBytes, mtuBytes);
      t.regex(words(built, 'h1', 'ovs-br0'), family === 'ipv4' ? /remote_ip=172\.16/u : /remote_ip=fd00:172:16/u);
    }
  });
