import test from 'ava';
import fc from 'fast-check';
import type { LinkState, NodeState } from '#lab/state.js';
import { designFor } from '#src/plan/make-plan.js';
import { planProblems } from '#src/plan/validate.js';
import { bridgeL2 } from '#src/strategy/bridge-l2.js';
import { hosts, plan, scenario } from '../plan/plans.js';

type Given = Parameters<typeof scenario>;

function node(name: string, ...given: Given): NodeState {
  const found = plan(...given).nodes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

function link(where: string, ...given: Given): LinkState {
  const [nodeName = '', linkName = ''] = where.split(':');
  const found = node(nodeName, ...given).links.find((one) => one.name === linkName);
  if (found === undefined) throw new Error(`no link ${where}`);
  return found;
}

test('br0 has the address of the host, with eth1 inside, as in the recipe', (t) => {
  t.like(link('h2:br0'), {
    kind: 'bridge',
    stp: false,
    forwardDelaySeconds: 0,
    addresses: ['10.1.0.2/16', 'fd00:10:1:0:10:1:0:2/64'],
  });
  t.like(link('h2:eth1'), { kind: 'veth', master: 'br0', addresses: [], peer: { node: 'sw1', link: 'to-h2' } });
});

test('a container has prefix length 16, a MAC made of its address, and the host as gateway', (t) => {
  t.like(link('h1c1:eth0'), {
    mac: '02:42:0a:01:01:02',
    addresses: ['10.1.1.2/16', 'fd00:10:1:0:10:1:1:2/64'],
    mtuBytes: 1500,
  });
  t.deepEqual(node('h1c1').routes, [
    { destination: 'default', via: '10.1.0.1', link: 'eth0' },
    { destination: 'default', via: 'fd00:10:1:0:10:1:0:1', link: 'eth0' },
  ]);
  t.like(link('h1:veth-h1c1'), { master: 'br0', peer: { node: 'h1c1', link: 'eth0' } });
});

test('the talk does the same with 10.2.0.0/16', (t) => {
  const given: Given = [{}, { network: '10.2.0.0/16' }];
  t.is(link('h1c1:eth0', ...given).addresses[0], '10.2.1.2/16');
  t.is(link('h1:br0', ...given).addresses[0], '10.2.0.1/16');
  t.true(node('h1', ...given).nftables.includes('ip saddr 10.2.0.0/16'));
});

test('the host forwards and masquerades only what leaves the cluster', (t) => {
  const { sysctls, nftables, routes } = node('h1');
  t.deepEqual(sysctls, { 'net.ipv4.ip_forward': '1', 'net.ipv6.conf.all.forwarding': '1' });
  t.true(nftables.includes('ip saddr 10.1.0.0/16 oifname != "br0" masquerade'));
  t.true(nftables.includes('ip6 saddr fd00:10:1::/64 oifname != "br0" masquerade'));
  t.is(routes[0]?.via, '192.0.2.1');
});

test('masquerade: always names no interface', (t) => {
  t.true(node('h1', {}, { masquerade: 'always' }).nftables.includes('ip saddr 10.1.0.0/16 masquerade'));
});

test('masquerade: off has no ruleset, needs no nft, and does not promise egress', (t) => {
  const { egress, promises, requirements, nodes } = plan({}, { masquerade: 'off' });
  t.true(nodes.every(({ nftables }) => nftables === ''));
  t.false(egress.nat);
  t.is(promises.egress.declared, 'absent');
  t.false(requirements.some(({ name }) => name === 'nft'));
});

test('r1 knows the uplink and world only', (t) => {
  t.deepEqual(node('r1').routes, []);
  t.deepEqual(
    node('r1').links.map(({ addresses }) => addresses[0]),
    ['192.0.2.1/24', '198.51.100.1/24'],
  );
  t.is(node('world').routes[0]?.via, '198.51.100.1');
});

test('an outsider has an address of the network and no routes', (t) => {
  t.is(link('o1:eth0').addresses[0], '10.1.255.1/16');
  t.deepEqual(node('o1').routes, []);
});

test("the wire's MTU is on the LAN's switch, on br0 and in the containers; the uplink keeps 1500", (t) => {
  const given: Given = [{ underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 9000, extraLinks: [] } }];
  const mtu = (where: string) => link(where, ...given).mtuBytes;
  t.deepEqual(
    ['sw1:br0', 'sw1:to-h1', 'sw1:to-o1', 'h1:br0', 'h1:eth1', 'h1c1:eth0', 'h1:veth-h1c1', 'o1:eth0'].map(mtu),
    Array.from({ length: 8 }, () => 9000),
  );
  t.deepEqual(
    ['sw0:br0', 'h1:eth0', 'r1:eth0', 'r1:eth1', 'world:eth0'].map(mtu),
    Array.from({ length: 5 }, () => 1500),
  );
});

test('a host may have another MTU on eth1; the port of the switch keeps that of the wire', (t) => {
  const given: Given = [
    { hosts: hosts(2, 1).map((host) => (host.name === 'h2' ? { ...host, mtuBytes: 1400 } : host)) },
  ];
  t.is(link('h2:eth1', ...given).mtuBytes, 1400);
  t.is(link('sw1:to-h2', ...given).mtuBytes, 1500);
  // A bridge has the MTU of its smallest port, whatever it was made with.
  t.is(link('h2:br0', ...given).mtuBytes, 1400);
  t.is(link('h2c1:eth0', ...given).mtuBytes, 1400);
});

test("a container may have a smaller MTU; the host's end keeps that of the wire", (t) => {
  const given: Given = [{ hosts: [{ name: 'h1', containers: [{ name: 'small', mtuBytes: 1400 }] }] }];
  t.is(link('small:eth0', ...given).mtuBytes, 1400);
  t.is(link('h1:veth-small', ...given).mtuBytes, 1500);
});

test('a probe attached with a larger MTU gets it at both ends', (t) => {
  const { design } = designFor(scenario(), bridgeL2);
  const container = design.cluster.hosts[0]?.containers[0];
  if (container === undefined) return t.fail();
  const { container: attached, host } = design.attach(container, 9000);
  t.is(attached.links[0]?.mtuBytes, 9000);
  t.is(host.links[0]?.mtuBytes, 9000);
});

test('extra cables are eth2 and up, in both bridges', (t) => {
  const given: Given = [
    {
      hosts: hosts(3, 1),
      underlay: {
        kind: 'switch',
        family: 'ipv4',
        nat: [],
        mtuBytes: 1500,
        extraLinks: [
          ['h1', 'h2'],
          ['h3', 'h1'],
        ],
      },
    },
  ];
  t.like(link('h1:eth2', ...given), { master: 'br0', peer: { node: 'h2', link: 'eth2' } });
  t.like(link('h1:eth3', ...given), { master: 'br0', peer: { node: 'h3', link: 'eth2' } });
  t.like(link('h3:eth2', ...given), { master: 'br0', peer: { node: 'h1', link: 'eth3' } });
});

test('with STP the forward delay is 2 seconds unless the scenario says more', (t) => {
  t.like(link('h1:br0', {}, { stp: true }), { stp: true, forwardDelaySeconds: 2 });
  t.like(link('h1:br0', {}, { stp: true, forwardDelaySeconds: 15 }), { forwardDelaySeconds: 15 });
  t.like(link('sw1:br0', {}, { stp: true }), { stp: false });
});

test('without IPv6 nothing has an IPv6 address and dual-stack is not promised', (t) => {
  const { nodes, promises } = plan({ ipv6: false });
  const addresses = nodes.flatMap(({ links, routes }) => [
    ...links.flatMap((one) => one.addresses),
    ...routes.flatMap(({ via }) => via ?? []),
  ]);
  t.deepEqual(
    addresses.filter((address) => address.includes(':')),
    [],
  );
  t.true(nodes.every(({ nftables }) => !nftables.includes('ip6')));
  t.is(promises['dual-stack'].declared, 'absent');
});

test('whatever the cluster, the nodes fit together', (t) => {
  const longNames = fc.boolean();
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 3 }),
        longNames,
        (hostCount, each, outsiderCount, long) => {
          const renamed = hosts(hostCount, each).map((host) => ({
            ...host,
            containers: host.containers.map(({ name }) => ({
              name: long ? `a-rather-long-container-name-${name}` : name,
            })),
          }));
          const outsiders = Array.from({ length: outsiderCount }, (_, i) => ({
            name: `outsider-with-a-long-name-${i}`,
          }));
          const extraLinks =
            hostCount < 2
              ? []
              : ([
                  ['h1', 'h2'],
                  ['h1', 'h2'],
                ] as const);
          const { nodes } = plan({
            hosts: renamed,
            outsiders,
            underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks },
          });
          return planProblems(nodes).length === 0;
        },
      ),
      { numRuns: 50 },
    ),
  );
});
