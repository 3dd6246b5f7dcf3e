import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { plan } from '../plan/plans.js';

function made(cluster: Partial<Scenario['cluster']> = {}, parameters: Readonly<Record<string, unknown>> = {}): Plan {
  return plan(cluster, {}, { strategy: { name: 'host-network', parameters } });
}

test('a container has nothing of its own: it is reached at the interface and the address of its host', (t) => {
  const { nodes, endpoints } = made();
  const container = nodes.find(({ name }) => name === 'h2c1');
  t.like(container, { sharesNetworkOf: 'h2', links: [], routes: [] });
  const [host, own] = ['h2', 'h2c1'].map((name) => endpoints.find(({ node }) => node === name));
  t.like(own, { link: 'eth1', ipv4: '192.168.0.52', ipv6: host?.ipv6, mac: host?.mac, host: 'h2' });
});

test("hosts leave by the LAN's router, and forward nothing", (t) => {
  const host = made().nodes.find(({ name }) => name === 'h1');
  t.is(host?.routes[0]?.via, '192.168.0.1');
  t.deepEqual(host?.sysctls, {});
});

test('between routers, hosts and so containers have addresses of their own subnets', (t) => {
  const routed = { kind: 'routed', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [] } as const;
  const { endpoints, promises } = made({ underlay: routed });
  t.is(endpoints.find(({ node }) => node === 'h2c1')?.ipv4, '172.16.2.10');
  t.is(promises['crosses-routers'].declared, 'promised');
});

test('nobody may choose addresses', (t) => {
  t.throws(() => made({}, { slicePrefixLength: 24 }), { message: /slicePrefixLength/u });
});

test('two containers of a host that are to serve the same port are refused', (t) => {
  const services = [{ name: 'web', port: 80, containers: ['h1c1', 'h1c2', 'h2c1'] }];
  t.throws(() => plan({}, {}, { strategy: { name: 'host-network', parameters: {} }, services }), {
    name: 'LabError',
    message: 'services: h1c1 and h1c2 both want port 80 of h1, and only one of them can get it',
  });
});

test('agents of discovery in containers are refused: they want the ports of their host’s agent', (t) => {
  const services = [{ name: 'web', port: 80, containers: ['h1c1'] }];
  const strategy = { name: 'host-network', parameters: {} };
  const discovery = { kind: 'consul', agents: 'container' } as const;
  t.throws(() => plan({}, {}, { strategy, services, discovery }), {
    name: 'LabError',
    message: /its host's agent has/u,
  });
  t.notThrows(() => plan({}, {}, { strategy, services, discovery: { ...discovery, agents: 'host' } }));
});
