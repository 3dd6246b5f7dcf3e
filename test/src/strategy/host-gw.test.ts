import test from 'ava';
import { AddressError } from '#src/address/error.js';
import type { Plan } from '#src/plan/plan.js';
import type { ScenarioShape } from '../../support/sandboxed-lab.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';
import { findLink as link, node } from './plan-parts.js';

const planned = (shape: ScenarioShape = {}): Plan => planOf(scenarioOf({ strategy: 'host-gw', ...shape }));

const routes = (plan: Plan, name: string): readonly string[] =>
  node(plan, name).routes.map(({ destination, via, link: out }) => `${destination} via ${via} dev ${out}`);

test('a host is on the LAN with eth1, and its slice’s gateway with br0', (t) => {
  const plan = planned();
  t.deepEqual(link(plan, 'h2', 'br0')?.addresses, ['10.4.2.1/24', 'fd00:10:4:0:10:4:2:1/112']);
  t.deepEqual(link(plan, 'h2', 'eth1')?.addresses, ['172.16.0.2/16', 'fd00:172:16:0:172:16:0:2/64']);
  t.is(link(plan, 'h2', 'eth1')?.master, undefined);
  t.deepEqual(link(plan, 'h2c1', 'eth0')?.addresses, ['10.4.2.2/24', 'fd00:10:4:0:10:4:2:2/112']);
  t.deepEqual(routes(plan, 'h2c1'), ['default via 10.4.2.1 dev eth0', 'default via fd00:10:4:0:10:4:2:1 dev eth0']);
});

test('hosts and r1 have routes to the slices over the LAN, and nobody translates addresses', (t) => {
  const plan = planned({ hosts: 3, ipv6: false });
  t.deepEqual(routes(plan, 'h2'), [
    'default via 172.16.255.254 dev eth1',
    '10.4.1.0/24 via 172.16.0.1 dev eth1',
    '10.4.3.0/24 via 172.16.0.3 dev eth1',
  ]);
  t.deepEqual(
    routes(plan, 'r1'),
    [1, 2, 3].map((x) => `10.4.${x}.0/24 via 172.16.0.${x} dev eth0`),
  );
  t.true(plan.nodes.every(({ nftables }) => nftables === ''));
  t.is(plan.promises['dual-stack'].declared, 'absent');
});

test('between routers these have the routes, and hosts only their gateway', (t) => {
  const plan = planned({ ipv6: false, underlay: { kind: 'routed' } });
  t.deepEqual(routes(plan, 'h1'), ['default via 172.16.1.1 dev eth1']);
  t.true(routes(plan, 'gw1').includes('10.4.1.0/24 via 172.16.1.10 dev eth1'));
  t.true(routes(plan, 'gw1').includes('10.4.2.0/24 via 192.0.2.12 dev eth0'));
  t.true(routes(plan, 'r1').includes('10.4.1.0/24 via 192.0.2.11 dev eth0'));
});

test('routers that ignore the slices: no route there, and hosts masquerade what leaves the cluster', (t) => {
  const plan = planned({ parameters: { routers: 'ignore' } });
  t.deepEqual(routes(plan, 'r1'), []);
  t.true(node(plan, 'h1').nftables.includes('ip saddr 10.4.0.0/16 ip daddr != 10.4.0.0/16 masquerade'));
  t.deepEqual([plan.egress.nat, plan.promises['lan-reachable'].declared], [true, 'absent']);
  const apart = planned({ parameters: { routers: 'ignore' }, underlay: { kind: 'routed' } });
  t.is(apart.promises['container-to-container'].declared, 'absent');
});

test('who is behind NAT is not reached', (t) => {
  const plan = planned({ hosts: 3, ipv6: false, underlay: { kind: 'routed', nat: ['h3'] } });
  t.false(routes(plan, 'gw1').some((route) => route.startsWith('10.4.3.0/24')));
  t.regex(plan.promises['container-to-container'].why, /^h3 behind NAT/u);
});

test('a slice that is no prefix in IPv6 is refused, and taken without IPv6', (t) => {
  const parameters = { slicePrefixLength: 25 };
  const error = t.throws(() => planned({ parameters }), { instanceOf: AddressError });
  t.regex(error?.message ?? '', /10\.4\.0\.128\/25 of h1 is no prefix in IPv6/u);
  t.deepEqual(link(planned({ parameters, ipv6: false }), 'h1', 'br0')?.addresses, ['10.4.0.129/25']);
});
