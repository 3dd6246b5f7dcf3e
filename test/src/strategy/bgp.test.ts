import test from 'ava';
import type { RoutingState } from '#lab/state.js';
import { LabError } from '#lab/errors.js';
import type { Plan } from '#src/plan/plan.js';
import { planOf, type ScenarioShape, scenarioOf } from '../../support/sandboxed-lab.js';
import { findLink as link, node } from './plan-parts.js';

const planned = (shape: ScenarioShape = {}): Plan => planOf(scenarioOf({ strategy: 'bgp', ...shape }));
const byContainer = { granularity: 'container' } as const;

const bird = (plan: Plan, name: string) => node(plan, name).services.find((service) => service.name === 'bird');
const config = (plan: Plan, name: string): string => Object.values(bird(plan, name)?.files ?? {}).join('');

function routing(plan: Plan, name: string): RoutingState {
  const found = bird(plan, name)?.routing;
  if (found === undefined) throw new Error(`${name} does not route`);
  return found;
}

const learned = (plan: Plan, name: string): readonly string[] =>
  routing(plan, name).learns.map(({ destination, via, link: out }) => `${destination} via ${via} dev ${out}`);
const told = (plan: Plan, name: string): readonly string[] =>
  routing(plan, name).sessions.map(({ peer, announces }) => `${peer}: ${announces.join(' ')}`);

test('on one LAN every host speaks with r1, which tells each of the others', (t) => {
  const plan = planned({ hosts: 3, ipv6: false });
  t.deepEqual(told(plan, 'h2'), ['r1: 10.4.2.0/24']);
  t.deepEqual(told(plan, 'r1'), [
    'h1: 10.4.2.0/24 10.4.3.0/24',
    'h2: 10.4.1.0/24 10.4.3.0/24',
    'h3: 10.4.1.0/24 10.4.2.0/24',
  ]);
  t.deepEqual(learned(plan, 'h2'), ['10.4.1.0/24 via 172.16.0.1 dev eth1', '10.4.3.0/24 via 172.16.0.3 dev eth1']);
  t.deepEqual(
    learned(plan, 'r1'),
    [1, 2, 3].map((x) => `10.4.${x}.0/24 via 172.16.0.${x} dev eth0`),
  );
  t.regex(config(plan, 'h2'), /local as 64602;[^]*neighbor 172\.16\.255\.254 as 64512;/u);
  t.regex(config(plan, 'r1'), /protocol bgp 'h3_ipv4' from neighbours \{\n {2}neighbor 172\.16\.0\.3 as 64603;/u);
  t.deepEqual(node(plan, 'r1').routes, []);
  t.is(plan.promises['dual-stack'].declared, 'absent');
});

test('a second session for IPv6, between the addresses of that family', (t) => {
  const plan = planned();
  t.deepEqual(
    routing(plan, 'h1').sessions.map(({ name, neighbour, announces }) => [name, neighbour, ...announces]),
    [
      ['r1_ipv4', '172.16.255.254', '10.4.1.0/24'],
      ['r1_ipv6', 'fd00:172:16:0:172:16:255:254', 'fd00:10:4:0:10:4:1:0/112'],
    ],
  );
});

test('between routers each of these speaks with its host and with r1', (t) => {
  const plan = planned({ ipv6: false, underlay: { kind: 'routed' } });
  t.deepEqual(told(plan, 'h1'), ['gw1: 10.4.1.0/24']);
  t.deepEqual(told(plan, 'gw1'), ['h1: 10.4.2.0/24', 'r1: 10.4.1.0/24']);
  t.deepEqual(told(plan, 'r1'), ['gw1: 10.4.2.0/24', 'gw2: 10.4.1.0/24']);
  t.deepEqual(learned(plan, 'h1'), ['10.4.2.0/24 via 172.16.1.1 dev eth1']);
  t.deepEqual(learned(plan, 'gw1'), ['10.4.1.0/24 via 172.16.1.10 dev eth1', '10.4.2.0/24 via 192.0.2.12 dev eth0']);
  t.regex(config(plan, 'gw2'), /local as 65002;/u);
});

test('who is behind NAT speaks with nobody', (t) => {
  const plan = planned({ hosts: 3, ipv6: false, underlay: { kind: 'routed', nat: ['h3'] } });
  t.deepEqual([bird(plan, 'h3'), bird(plan, 'gw3')], [undefined, undefined]);
  t.deepEqual(told(plan, 'r1'), ['gw1: 10.4.2.0/24', 'gw2: 10.4.1.0/24']);
  t.regex(plan.promises['container-to-container'].why, /^h3 behind NAT/u);
});

test('an address per container: no subnet anywhere, a gateway that is nobody’s, and a route on the host', (t) => {
  const plan = planned({ parameters: byContainer });
  t.deepEqual(link(plan, 'h2c1', 'eth0')?.addresses, ['10.4.2.2/32', 'fd00:10:4:0:10:4:2:2/128']);
  t.deepEqual(
    node(plan, 'h2c1').routes.map(({ via, onLink }) => [via, onLink]),
    [
      ['169.254.1.1', true],
      ['fe80::1', true],
    ],
  );
  t.is(link(plan, 'h2', 'br0'), undefined);
  t.deepEqual(link(plan, 'h2', 'veth-h2c1')?.addresses, ['fe80::1/64']);
  t.is(node(plan, 'h2').sysctls['net.ipv4.conf.veth-h2c1.proxy_arp'], '1');
  t.true(
    node(plan, 'h2').routes.some(({ destination, link: out }) => `${destination} ${out}` === '10.4.2.2/32 veth-h2c1'),
  );
  t.deepEqual(routing(plan, 'h2').sessions[0]?.announces, ['10.4.2.2/32', '10.4.2.3/32']);
  t.true(learned(plan, 'h1').includes('10.4.2.3/32 via 172.16.0.2 dev eth1'));
  t.regex(config(plan, 'h2'), /learn yes;/u);
});

test('slices that are no prefixes in IPv6 do where no host announces them', (t) => {
  const parameters = { ...byContainer, slicePrefixLength: 26 };
  t.deepEqual(link(planned({ parameters }), 'h1c1', 'eth0')?.addresses.length, 2);
});

test('timers, BFD and the password are in the configuration, and in what is declared', (t) => {
  const parameters = { holdSeconds: 30, keepaliveSeconds: 10, bfd: false, password: 'secret' };
  const plan = planned({ parameters });
  t.regex(config(plan, 'h1'), /hold time 30;\n {2}keepalive time 10;/u);
  t.regex(config(plan, 'h1'), /password "secret";/u);
  t.notRegex(config(plan, 'h1'), /bfd/u);
  t.deepEqual(plan.infrastructure.listeners, ['tcp/179']);
  t.regex(config(planned(), 'h1'), /interval 300 ms; multiplier 5;/u);
  t.true((plan.convergence?.deadlineMs ?? 0) > 30_000);
});

test('a keepalive time of more than a third of the hold time is refused', (t) => {
  const parameters = { holdSeconds: 9, keepaliveSeconds: 4 };
  const error = t.throws(() => planned({ parameters }), { instanceOf: LabError });
  t.regex(error?.message ?? '', /keepaliveSeconds: .*a third of the hold time/u);
});
