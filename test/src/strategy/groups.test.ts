/** What strategies that keep groups apart have for each of them. */
import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import { plan as planOf } from '../plan/plans.js';
import { service, words } from './ovs-plans.js';
import { link, node } from './plan-parts.js';

/** Two hosts, each with a container of each of two groups. */
function grouped(name: string, parameters: Readonly<Record<string, unknown>> = {}): Plan {
  const members = (host: string) => ['a', 'b'].map((group) => ({ name: `${host}${group}`, groups: [group] }));
  const hosts = ['h1', 'h2'].map((host) => ({ name: host, containers: members(host) }));
  return planOf({ hosts }, {}, { strategy: { name, parameters } });
}

const serviceNames = (plan: Plan, host: string) => node(plan, host).services.map(({ name }) => name);

test('a network of tinc for each, with a port and keys of its own', (t) => {
  const plan = grouped('encrypted-overlay');
  t.like(link(plan, 'h2:tinc1'), { kind: 'daemon', service: 'tinc1', master: 'br1' });
  t.is(link(plan, 'h2:br1').addresses[0], '10.3.0.2/16');
  t.like(link(plan, 'h2:veth-h2b'), { master: 'br1' });
  const { files = {} } = service(plan, 'h2', 'tinc1-keys');
  t.regex(files['/run/netlab/nodes/h2/tinc1/hosts/h2'] ?? '', /^Address = 172\.16\.0\.2 656\nPort = 656$/mu);
  t.deepEqual(plan.infrastructure.listeners, ['tcp/655', 'udp/655', 'tcp/656', 'udp/656']);
  t.regex(node(plan, 'h1').nftables, /iifname "br1" oifname "br\*" oifname != "br1" drop/u);
});

test('a VXLAN network for each in the same tunnels of WireGuard', (t) => {
  const plan = grouped('encrypted-overlay', { engine: 'wireguard', implementation: 'kernel' });
  t.like(link(plan, 'h2:vxlan0'), { vni: 1, master: 'br0', parent: 'wg0' });
  t.like(link(plan, 'h2:vxlan1'), { vni: 2, master: 'br1', parent: 'wg0' });
  t.is(serviceNames(plan, 'h2').filter((name) => name === 'wireguard').length, 1);
  t.is(node(plan, 'h2').nftables.split('table inet overlay').length, 2);
});

test('beside a docker0 for all no groups are kept apart', (t) => {
  const { promises } = planOf({}, {}, { strategy: { name: 'encrypted-overlay', parameters: { bridge: 'own' } } });
  t.is(promises.isolation.declared, 'absent');
});

test('a bridge and tunnels for each in one Open vSwitch, told apart by their key', (t) => {
  const plan = grouped('ovs-gre');
  const { bridges = [] } = service(plan, 'h1', 'ovs-vswitchd').switch ?? {};
  t.deepEqual(
    bridges.map(({ name }) => name).filter((name) => name !== 'br-lan'),
    ['br0', 'br1'],
  );
  t.is(serviceNames(plan, 'h1').filter((name) => name === 'ovs-vswitchd').length, 1);
  t.true(words(plan, 'h1', 'ovs-br0').endsWith('options:remote_ip=172.16.0.2 options:key=1'));
  t.true(words(plan, 'h1', 'ovs-br1').includes('add-port br1 g1-gre1'));
  t.true(words(plan, 'h1', 'ovs-br1').endsWith('options:remote_ip=172.16.0.2 options:key=2'));
  t.like(link(plan, 'h1:br1'), { kind: 'daemon', master: 'docker1', mtuBytes: 1458 });
  t.is(link(plan, 'h1:docker1').addresses[0], '172.18.42.1/16');
  t.like(link(plan, 'h1:veth-h1b'), { master: 'docker1' });
  t.regex(node(plan, 'h1').nftables, /iifname "docker1" oifname "docker\*" oifname != "docker1" drop/u);
  t.is(plan.mtu.bytes, 1458);
});
