import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { plan } from '../plan/plans.js';
import { link, node } from './plan-parts.js';

function routableLan(
  parameters: Readonly<Record<string, unknown>> = {},
  cluster: Partial<Scenario['cluster']> = {},
): Plan {
  return plan(cluster, {}, { strategy: { name: 'routable-lan', parameters } });
}

test("br0 takes over the host's address on the LAN, and its default route", (t) => {
  const made = routableLan();
  t.like(link(made, 'h2:br0'), { addresses: ['192.168.0.52/16', 'fd00:192:168:0:192:168:0:52/64'], stp: false });
  t.like(link(made, 'h2:eth1'), { master: 'br0', addresses: [] });
  t.deepEqual(node(made, 'h2').routes, [
    { destination: 'default', via: '192.168.0.1', link: 'br0' },
    { destination: 'default', via: 'fd00:192:168:0:192:168:0:1', link: 'br0' },
  ]);
  t.false(node(made, 'h2').links.some(({ name }) => name === 'eth0'));
});

test("a container has an address of the LAN from its host's slice, and the LAN's router as gateway", (t) => {
  const made = routableLan();
  t.deepEqual(
    made.cluster.hosts.map(({ slice }) => slice),
    ['192.168.51.0/24', '192.168.52.0/24'],
  );
  t.like(link(made, 'h2c1:eth0'), {
    addresses: ['192.168.52.2/16', 'fd00:192:168:0:192:168:52:2/64'],
    mac: '02:42:c0:a8:34:02',
  });
  t.is(node(made, 'h2c1').routes[0]?.via, '192.168.0.1');
});

test('nobody forwards but r1, and nobody translates addresses', (t) => {
  const made = routableLan();
  t.deepEqual(node(made, 'h1').sysctls, {});
  t.is(node(made, 'r1').sysctls['net.ipv4.ip_forward'], '1');
  t.true(made.nodes.every(({ nftables }) => nftables === ''));
  t.like(made.egress, { gateway: 'router', nat: false });
  t.false(made.requirements.some(({ name }) => name === 'nft'));
});

test('routerNat makes r1 translate what leaves the LAN', (t) => {
  const made = routableLan({ routerNat: true });
  t.true(node(made, 'r1').nftables.includes('ip saddr 192.168.0.0/16 oifname "eth1" masquerade'));
  t.like(made.egress, { gateway: 'router', nat: true });
  t.true(made.requirements.some(({ name }) => name === 'nft'));
});

test('the first host has the number that the scenario says', (t) => {
  const [first] = routableLan({ firstHost: 10 }).cluster.hosts;
  t.like(first, { ipv4: '192.168.0.10', slice: '192.168.10.0/24' });
});

test('on a routed underlay it says what it loses', (t) => {
  const made = routableLan(
    {},
    { underlay: { kind: 'routed', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [] } },
  );
  t.like(link(made, 'h1:br0'), {
    addresses: ['192.168.0.51/16', 'fd00:192:168:0:192:168:0:51/64', '172.16.1.10/24', 'fd00:172:16:1:172:16:1:10/64'],
  });
  for (const lost of ['container-to-container', 'lan-reachable', 'egress', 'crosses-routers'] as const)
    t.is(made.promises[lost].declared, 'absent', lost);
  t.is(made.promises['loop-free'].declared, 'promised');
});
