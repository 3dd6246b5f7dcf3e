import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import { planOf, type ScenarioShape, scenarioOf } from '../../support/sandboxed-lab.js';
import { findLink as link, node } from './plan-parts.js';

const planned = (shape: ScenarioShape = {}): Plan => planOf(scenarioOf({ strategy: 'vxlan', hosts: 3, ...shape }));

const floods = (plan: Plan, name: string) =>
  node(plan, name).fdb.map(({ mac, destination }) => `${mac} ${destination}`);

test('the tunnel is a port of br0 beside the containers, and eth1 is on the LAN', (t) => {
  const plan = planned();
  t.like(link(plan, 'h2', 'vxlan0'), { master: 'br0', vni: 42, port: 4789, local: '172.16.0.2', learning: true });
  t.deepEqual(link(plan, 'h2', 'br0')?.addresses, ['10.3.0.2/16', 'fd00:10:3:0:10:3:0:2/64']);
  t.deepEqual(link(plan, 'h2', 'eth1')?.addresses, ['172.16.0.2/16', 'fd00:172:16:0:172:16:0:2/64']);
  t.is(link(plan, 'h2', 'eth1')?.master, undefined);
  t.like(link(plan, 'h2c1', 'eth0'), { addresses: ['10.3.2.2/16', 'fd00:10:3:0:10:3:2:2/64'], mtuBytes: 1450 });
  t.is(node(plan, 'h2c1').routes[0]?.via, '10.3.0.2');
});

test('static: each host sends what has no entry of its own to every other host', (t) => {
  t.deepEqual(floods(planned(), 'h2'), ['00:00:00:00:00:00 172.16.0.1', '00:00:00:00:00:00 172.16.0.3']);
});

test('multicast: by a group of the LAN, and no list', (t) => {
  const plan = planned({ parameters: { forwarding: 'multicast' } });
  t.like(link(plan, 'h2', 'vxlan0'), { remote: '239.3.0.1', parent: 'eth1' });
  t.deepEqual(floods(plan, 'h2'), []);
  t.is(plan.promises['crosses-routers'].declared, 'absent');
  const routed = planned({ parameters: { forwarding: 'multicast' }, underlay: { kind: 'routed' } });
  t.is(routed.promises['container-to-container'].declared, 'absent');
});

test('over IPv6 the tunnels run between the IPv6 addresses of the LAN, and take 20 bytes more', (t) => {
  const plan = planned({ underlay: { family: 'ipv6' } });
  t.like(link(plan, 'h1', 'vxlan0'), { local: 'fd00:172:16:0:172:16:0:1', mtuBytes: 1430 });
  t.is(floods(plan, 'h1')[0], '00:00:00:00:00:00 fd00:172:16:0:172:16:0:2');
  t.is(plan.mtu.why, '1500 - 70: Ethernet 14 + IPv6 40 + UDP 8 + VXLAN 8');
});

test('routers carry the tunnels, and NAT does not', (t) => {
  const routed = planned({ underlay: { kind: 'routed' } });
  t.is(routed.promises['crosses-routers'].declared, 'promised');
  t.is(floods(routed, 'h1')[0], '00:00:00:00:00:00 172.16.2.10');
  const behindNat = planned({ underlay: { kind: 'routed', nat: ['h3'] } });
  t.regex(behindNat.promises['container-to-container'].why, /^h3 behind NAT/u);
});

test('what leaves the overlay is masqueraded, and nobody outside is told of it', (t) => {
  const plan = planned({ parameters: { network: '10.30.0.0/16', vni: 7, port: 8472 } });
  t.true(node(plan, 'h1').nftables.includes('ip saddr 10.30.0.0/16 oifname "eth1" masquerade'));
  t.deepEqual(node(plan, 'r1').routes, []);
  t.is(plan.promises['lan-reachable'].declared, 'absent');
  t.deepEqual(plan.infrastructure.listeners, ['udp/8472']);
});

test('kv: nothing is learned from frames; etcd runs on the first host, an agent on each', (t) => {
  const plan = planned({ parameters: { forwarding: 'kv' } });
  t.like(link(plan, 'h2', 'vxlan0'), { learning: false });
  t.deepEqual(floods(plan, 'h2'), []);
  const services = plan.nodes.map(({ name, services: own }) => [name, own.map((one) => one.name).join(' ')]);
  t.deepEqual(
    services.filter(([, names]) => names !== ''),
    [
      ['h1', 'etcd vxlan-agent'],
      ['h2', 'vxlan-agent'],
      ['h3', 'vxlan-agent'],
    ],
  );
  const [agent] = node(plan, 'h3').services;
  t.is(agent?.argv[0], 'netlab:vxlan-agent');
  t.true(agent?.argv.includes('--etcd=http://172.16.0.1:2379'));
  t.true(plan.requirements.some(({ name }) => name === 'etcd'));
  t.deepEqual(plan.infrastructure.daemons, ['etcd', 'vxlan-agent']);
  const overIpv6 = planned({ parameters: { forwarding: 'kv' }, underlay: { family: 'ipv6' } });
  t.true(node(overIpv6, 'h1').services[1]?.argv.includes('--etcd=http://[fd00:172:16:0:172:16:0:1]:2379'));
});

test('a wire that leaves too little for IPv6 inside has none there, and keeps it on the LAN', (t) => {
  const plan = planned({ mtuBytes: 1300 });
  t.regex(plan.promises['dual-stack'].why, /1280 bytes .*1300 - 50/u);
  t.deepEqual(link(plan, 'h1', 'br0')?.addresses, ['10.3.0.1/16']);
  t.deepEqual(link(plan, 'h1', 'eth1')?.addresses, ['172.16.0.1/16', 'fd00:172:16:0:172:16:0:1/64']);
});
