import test from 'ava';
import type { NodeState, ServiceState } from '#lab/state.js';
import { leaseMac } from '#src/cluster/container.js';
import { makePlan } from '#src/plan/make-plan.js';
import type { Plan } from '#src/plan/plan.js';
import { applyRules } from '#src/scenario/rules.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { dhcp } from '#src/strategy/dhcp.js';
import { hosts, scenario } from '../cluster/scenarios.js';

type Parameters = Readonly<Record<string, unknown>>;

const leased = (parameters: Parameters = {}, cluster: Partial<Scenario['cluster']> = {}): Scenario => ({
  ...scenario({ hosts: hosts(3, 2), ...cluster }),
  strategy: { name: 'dhcp', parameters },
});
const planOf = (parameters?: Parameters, cluster?: Partial<Scenario['cluster']>): Plan =>
  makePlan(leased(parameters, cluster), dhcp);
const nodeOf = ({ nodes }: Plan, name: string): NodeState => {
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  return node;
};
const serviceOf = (node: NodeState, name: string): ServiceState => {
  const service = node.services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`${node.name} has no ${name}`);
  return service;
};
const textOf = ({ files = {} }: ServiceState, ending: string): string =>
  Object.entries(files).find(([path]) => path.endsWith(ending))?.[1] ?? '';
const rulesOf = (parameters: Parameters, cluster: Partial<Scenario['cluster']> = {}): string[] =>
  applyRules(leased(parameters, cluster), dhcp.addressing(dhcp.parameters.parse(parameters), 3)).map(
    ({ rule, message }) => `${rule}: ${message}`,
  );

test('the LAN of the source: router, server, hosts, pool, outsiders', (t) => {
  const { cluster, endpoints, naming } = planOf();
  t.deepEqual(cluster.network, { ipv4: '10.100.80.0/24', ipv6: 'fd00:10:100:80::/64' });
  t.is(cluster.router.uplinkIpv4, '10.100.80.1');
  t.deepEqual(
    cluster.hosts.map(({ ipv4 }) => ipv4),
    ['10.100.80.11', '10.100.80.12', '10.100.80.13'],
  );
  t.deepEqual(
    cluster.outsiders.map(({ name, ipv4 }) => `${name} ${ipv4}`),
    ['o1 10.100.80.193', 'dhcp1 10.100.80.2'],
  );
  t.deepEqual(cluster.pool, { first: '10.100.80.128', last: '10.100.80.191' });
  t.deepEqual(naming, { domain: 'app.example.com', resolver: '10.100.80.2' });
  const container = endpoints.find(({ node }) => node === 'h2c1');
  t.like(container, { link: 'eth0', ipv4: '0.0.0.0', ipv6: '::' });
});

test('a container has no address by plan; its client belongs to the host and runs inside', (t) => {
  const plan = planOf();
  const container = nodeOf(plan, 'h1c1');
  t.deepEqual([container.links[0]?.addresses, container.routes, container.services], [[], [], []]);
  t.like(container.sysctls, { 'net.ipv6.conf.eth0.router_solicitations': '-1' });
  const host = nodeOf(plan, 'h1');
  t.deepEqual(
    host.services.map(({ name }) => name),
    ['lease-watchdog', 'lease-h1c1', 'lease-h1c2'],
  );
  const client = serviceOf(host, 'lease-h1c1');
  t.like(client, { inside: 'h1c1', lease: { link: 'eth0', family: 'ipv4', renewSignal: 'SIGUSR1' } });
  t.deepEqual(client.argv.slice(0, 5), ['udhcpc', '-f', '-R', '-i', 'eth0']);
  t.true(client.argv.includes('hostname:h1c1'));
  t.true(Object.keys(client.files ?? {}).every((path) => path.startsWith('/run/netlab/nodes/h1/lease-h1c1/')));
  // It does not route: the containers' gateway is the LAN's router.
  t.deepEqual(host.sysctls, { 'net.ipv6.conf.br0.accept_ra': '0' });
});

test('MACs are XX:IP:IP:IP:YY:ZZ, locally administered, unicast, and each once', (t) => {
  const { cluster } = planOf({}, { hosts: hosts(3, 10) });
  const macs = cluster.hosts.flatMap((host) => host.containers.map(({ mac }) => ({ mac, host: host.ipv4 })));
  for (const { mac, host } of macs) {
    const bytes = mac.split(':').map((byte) => Number.parseInt(byte, 16));
    t.is((bytes[0] ?? 0) & 3, 2, mac);
    t.deepEqual(bytes.slice(1, 4), host.split('.').slice(1).map(Number), mac);
  }
  t.is(new Set(macs.map(({ mac }) => mac)).size, 30);
});

test('a MAC that is taken is drawn again, and the same scenario gives the same plan', (t) => {
  const first = leaseMac('10.100.80.11', 'h1c1');
  const taken = [{ name: 'h1', containers: [{ name: 'h1c1' }, { name: 'h1c2', mac: first }] }];
  const plan = planOf({}, { hosts: taken });
  const [drawn, written] = plan.cluster.hosts[0]?.containers ?? [];
  t.is(written?.mac, first);
  t.is(drawn?.mac, leaseMac('10.100.80.11', 'h1c1', 1));
  t.is(planOf({}, { hosts: taken }).digest, plan.digest);
});

test('dnsmasq leases the pool, serves names and advertises the prefix; the router advertises itself', (t) => {
  const plan = planOf({ domain: 'intranet.example.com', leaseSeconds: 600 });
  const server = textOf(serviceOf(nodeOf(plan, 'dhcp1'), 'dnsmasq'), 'dnsmasq.conf').split('\n');
  for (const line of [
    'dhcp-range=10.100.80.128,10.100.80.191,255.255.255.0,600',
    'dhcp-option=option:router,10.100.80.1',
    'dhcp-option=option:dns-server,10.100.80.2',
    'domain=intranet.example.com',
    'dhcp-range=fd00:10:100:80::,ra-names,64',
    // It is no router.
    'ra-param=eth0,mtu:off,600,0',
  ])
    t.true(server.includes(line), line);
  const router = textOf(serviceOf(nodeOf(plan, 'r1'), 'router-advertisements'), '.conf').split('\n');
  t.true(router.includes('dhcp-range=fd00:10:100:80::,ra-only,64'));
  t.true(router.includes('ra-param=eth0,mtu:off,600,1800'));
});

test('with DHCPv6 each container has a second client, and the router advertises no address', (t) => {
  const plan = planOf({ ipv6Addresses: 'dhcpv6' });
  const client = serviceOf(nodeOf(plan, 'h1'), 'lease6-h1c1');
  t.like(client, { inside: 'h1c1', lease: { family: 'ipv6' } });
  t.regex(textOf(client, 'dhclient.conf'), /fqdn\.fqdn "h1c1"/u);
  t.regex(
    textOf(serviceOf(nodeOf(plan, 'dhcp1'), 'dnsmasq'), '.conf'),
    /dhcp-range=fd00:10:100:80::1:0,fd00:10:100:80::1:ffff,64/u,
  );
  const router = textOf(serviceOf(nodeOf(plan, 'r1'), 'router-advertisements'), '.conf');
  t.regex(router, /dhcp-range=fd00:10:100:80::,static,64\ndhcp-ignore=tag:!known/u);
  t.true(plan.requirements.some(({ name }) => name === 'dhclient'));
});

test('Kea serves addresses and no names', (t) => {
  const plan = planOf({ server: 'kea', ipv6Addresses: 'dhcpv6', leaseSeconds: 20 });
  const server = nodeOf(plan, 'dhcp1');
  const four = JSON.parse(textOf(serviceOf(server, 'kea-dhcp4'), '.json')) as { Dhcp4: Record<string, unknown> };
  t.like(four.Dhcp4, { 'valid-lifetime': 20, 'renew-timer': 10, 'rebind-timer': 17 });
  t.true(textOf(serviceOf(server, 'kea-dhcp6'), '.json').includes('fd00:10:100:80::1:0 - fd00:10:100:80::1:ffff'));
  t.is(plan.naming, undefined);
  t.is(plan.promises.names.declared, 'absent');
  t.is(planOf().promises.names.declared, 'promised');
});

test('without IPv6 nobody advertises anything', (t) => {
  const plan = planOf({}, { ipv6: false });
  t.deepEqual(nodeOf(plan, 'r1').services, []);
  t.false(textOf(serviceOf(nodeOf(plan, 'dhcp1'), 'dnsmasq'), '.conf').includes('enable-ra'));
  t.is(plan.promises['dual-stack'].declared, 'absent');
  t.deepEqual(nodeOf(plan, 'h1').sysctls, {});
});

test('behind routers only the first host is on the LAN of the server, which says what is lost', (t) => {
  const underlay = { kind: 'routed', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [] } as const;
  const plan = planOf({}, { underlay });
  t.deepEqual(
    nodeOf(plan, 'dhcp1').links[0]?.addresses.filter((address) => !address.includes(':')),
    ['172.16.1.254/24', '10.100.80.2/24'],
  );
  for (const promise of ['container-to-container', 'egress', 'names', 'lease-hygiene', 'crosses-routers'] as const)
    t.is(plan.promises[promise].declared, 'absent', promise);
});

test('pools are checked before anything is built', (t) => {
  t.deepEqual(rulesOf({}), []);
  t.deepEqual(rulesOf({ pool: { first: '10.100.80.11', last: '10.100.80.20' } }), [
    'overlapping-pool: the pool of 10.100.80.11 to 10.100.80.20 holds 10.100.80.11, the address of h1',
    'overlapping-pool: the pool of 10.100.80.11 to 10.100.80.20 holds 10.100.80.12, the address of h2',
    'overlapping-pool: the pool of 10.100.80.11 to 10.100.80.20 holds 10.100.80.13, the address of h3',
  ]);
  t.deepEqual(rulesOf({ pool: { first: '10.100.80.130', last: '10.100.80.132' } }), ['pool-too-small: 6 containers']);
  t.deepEqual(rulesOf({}, { hosts: [{ name: 'h1', containers: [{ name: 'c', address: '10.100.80.130' }] }] }), [
    'no-choice: this cannot be chosen here: a lease tells it',
  ]);
});

test('parameters that do not fit are refused in words', (t) => {
  const refusal = (parameters: Parameters): string =>
    dhcp.parameters
      .safeParse(parameters)
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join() ?? 'accepted';
  t.is(refusal({ leaseSeconds: 60 }), 'leaseSeconds: dnsmasq has no leases below 120 s; Kea has');
  t.is(refusal({ leaseSeconds: 60, server: 'kea' }), 'accepted');
  t.is(refusal({ network: '10.100.80.0/25' }), 'network: 10.100.80.0/25 is too small: at most 24 bits');
  t.regex(
    refusal({ pool: { first: '10.100.81.1', last: '10.100.81.9' } }),
    /pool: .*no range of addresses in 10\.100\.80\.0\/24/u,
  );
  t.regex(refusal({ pool: { first: '10.100.80.9', last: '10.100.80.5' } }), /no range/u);
  t.regex(refusal({ domain: 'no domain' }), /domain/u);
  t.regex(refusal({ stp: true, forwardDelaySeconds: 1 }), /forward delay/u);
});
