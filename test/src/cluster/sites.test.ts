import test from 'ava';
import { planProblems } from '#src/plan/validate.js';
import { separateLan } from '#src/cluster/addressing.js';
import { resolveCluster } from '#src/cluster/resolve.js';
import { surroundings } from '#src/strategy/surroundings.js';
import { lanAddresses, lanLink, tunnelAddress, uplinkOf } from '#src/strategy/underlay.js';
import { emptyNode } from '#lab/state.js';
import type { Addressing } from '#src/cluster/addressing.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { hosts, scenario } from './scenarios.js';

const routed: Scenario['cluster']['underlay'] = {
  kind: 'routed',
  family: 'ipv4',
  nat: ['h3'],
  mtuBytes: 1500,
  extraLinks: [],
};
const apart = { lan: separateLan, hostsOn: 'lan', uplinkBy: 'lan' } as const;

test('a switch: hosts, outsiders and r1 on one LAN of their own', (t) => {
  const cluster = resolveCluster(scenario(), apart);
  t.deepEqual(
    cluster.hosts.map(({ ipv4, lanIpv4, uplinkIpv4, lanIpv6 }) => [ipv4, lanIpv4, uplinkIpv4, lanIpv6]),
    [1, 2].map((x) => [`172.16.0.${x}`, `172.16.0.${x}`, `172.16.0.${x}`, `fd00:172:16:0:172:16:0:${x}`]),
  );
  t.is(cluster.outsiders[0]?.ipv4, '172.16.1.1');
  t.like(cluster.sites[0], { switch: 'sw1', ipv4: '172.16.0.0/16', ipv6: 'fd00:172:16::/64' });
  t.like(cluster.sites[0]?.gateway, { name: 'r1', ipv4: '172.16.255.254' });
  t.like(cluster.router, { name: 'r1', uplinkIpv4: '172.16.255.254' });
  t.is(cluster.switches.uplink, undefined);
});

test('routed: a LAN and a router for each host, one with NAT', (t) => {
  const cluster = resolveCluster(scenario({ hosts: hosts(3, 1), underlay: routed }), apart);
  t.deepEqual(
    cluster.sites.map((site) => [site.switch, site.ipv4, site.gateway?.name, site.gateway?.ipv4, site.router?.nat]),
    [
      ['sw1', '172.16.1.0/24', 'gw1', '172.16.1.1', false],
      ['sw2', '172.16.2.0/24', 'gw2', '172.16.2.1', false],
      ['sw3', '172.16.3.0/24', 'gw3', '172.16.3.1', true],
    ],
  );
  t.deepEqual(
    cluster.sites.map(({ router }) => router?.uplinkIpv4),
    ['192.0.2.11', '192.0.2.12', '192.0.2.13'],
  );
  t.deepEqual(
    cluster.hosts.map(({ lanIpv4, site }) => [lanIpv4, site]),
    [
      ['172.16.1.10', 0],
      ['172.16.2.10', 1],
      ['172.16.3.10', 2],
    ],
  );
  t.is(cluster.outsiders[0]?.ipv4, '172.16.1.100');
  t.is(cluster.router.uplinkIpv4, '192.0.2.1');
});

test('routers know each other’s LANs, but not the one behind NAT', (t) => {
  const cluster = resolveCluster(scenario({ hosts: hosts(3, 1), underlay: routed }), apart);
  const nodes = surroundings(cluster);
  const routes = (name: string) =>
    nodes.find((node) => node.name === name)?.routes.map(({ destination, via }) => `${destination} ${via}`) ?? [];
  t.deepEqual(
    routes('gw1').filter((route) => !route.includes(':')),
    ['172.16.2.0/24 192.0.2.12', 'default 192.0.2.1'],
  );
  t.deepEqual(
    routes('r1').filter((route) => !route.includes(':')),
    ['172.16.1.0/24 192.0.2.11', '172.16.2.0/24 192.0.2.12'],
  );
  t.regex(
    nodes.find(({ name }) => name === 'gw3')?.nftables ?? '',
    /saddr 172\.16\.3\.0\/24 oifname "eth0" masquerade/u,
  );
  t.is(nodes.find(({ name }) => name === 'gw1')?.nftables, '');
});

const schemes: ReadonlyArray<readonly [string, Partial<Addressing>]> = [
  ['flat, eth0', {}],
  ['flat, by the LAN', { uplinkBy: 'lan', firstHost: 11 }],
  ['apart', apart],
  ['apart, eth0', { lan: separateLan }],
];
for (const [title, scheme] of schemes) {
  for (const kind of ['switch', 'routed'] as const) {
    test(`whatever is between the hosts, the nodes fit together: ${title}, ${kind}`, (t) => {
      const underlay = { ...routed, kind, nat: [] };
      const cluster = resolveCluster(scenario({ hosts: hosts(3, 0), underlay }), scheme);
      const own = cluster.hosts.map((host) => {
        const uplink = uplinkOf(cluster, host);
        const eth1 = { ...lanLink(cluster, host), addresses: lanAddresses(cluster, host) };
        return { ...emptyNode(host.name, 'host'), links: [eth1, ...uplink.links], routes: uplink.routes };
      });
      t.deepEqual(planProblems([...surroundings(cluster), ...own]), []);
    });
  }
}

test('tunnels run between addresses of the family that the underlay has', (t) => {
  const cluster = resolveCluster(scenario({ underlay: { ...routed, nat: [], family: 'ipv6' } }), apart);
  t.deepEqual(
    cluster.hosts.map((host) => tunnelAddress(cluster, host)),
    ['fd00:172:16:1:172:16:1:10', 'fd00:172:16:2:172:16:2:10'],
  );
  const without = resolveCluster(scenario({ ipv6: false, underlay: { ...routed, nat: [], family: 'ipv6' } }), apart);
  t.throws(() => without.hosts.map((host) => tunnelAddress(without, host)), { message: /h1 has no ipv6 address/u });
});

test('slices where a strategy puts them: .51, .52; equal ones behind NAT', (t) => {
  const slices = (scheme: Partial<Addressing>) => resolveCluster(scenario(), scheme).hosts.map(({ slice }) => slice);
  t.deepEqual(slices({ network: '192.168.0.0/16', firstSlice: 51, firstHost: 51, uplinkBy: 'lan' }), [
    '192.168.51.0/24',
    '192.168.52.0/24',
  ]);
  t.deepEqual(slices({ network: '172.17.0.0/16', sameSlice: true, ...apart }), ['172.17.0.0/16', '172.17.0.0/16']);
});

test('containers on their host’s own address, or on one that only a lease will tell', (t) => {
  const first = (scheme: Partial<Addressing>) => resolveCluster(scenario(), scheme).hosts[0]?.containers[0];
  t.like(first({ ...apart, containers: 'host' }), { ipv4: '172.16.0.1' });
  const leased = first({ containers: 'lease' });
  t.like(leased, { ipv4: '0.0.0.0', ipv6: '::' });
  // XX:IP:IP:IP:YY:ZZ: locally administered, unicast, the last three bytes of 10.1.0.1.
  t.regex(leased?.mac ?? '', /^.[26ae]:01:00:01:..:..$/u);
});
