import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { plan } from '../plan/plans.js';

function made(
  parameters: Readonly<Record<string, unknown>> = {},
  rest: Partial<Scenario> = {},
  cluster: Partial<Scenario['cluster']> = {},
): Plan {
  return plan(cluster, {}, { strategy: { name: 'port-mapping', parameters }, ...rest });
}

const publish = (...entries: ReadonlyArray<readonly [string, number, number]>) => ({
  publish: entries.map(([container, port, hostPort]) => ({ container, port, hostPort })),
});

test('every host has the same docker0, and the same addresses on it', (t) => {
  const { nodes, endpoints } = made();
  for (const host of ['h1', 'h2']) {
    const links = nodes.find(({ name }) => name === host)?.links ?? [];
    t.deepEqual(links.find(({ name }) => name === 'docker0')?.addresses, [
      '172.17.0.1/16',
      'fd00:172:17:0:172:17:0:1/64',
    ]);
    t.is(links.find(({ name }) => name === `veth-${host}c1`)?.master, 'docker0');
  }
  t.deepEqual(
    endpoints.filter(({ role }) => role === 'container').map(({ ipv4 }) => ipv4),
    ['172.17.0.2', '172.17.0.3', '172.17.0.2', '172.17.0.3'],
  );
  t.is(endpoints.find(({ node }) => node === 'h2')?.ipv4, '172.16.0.2');
});

test('port 80 of each container is at a port of its host, from 8081 on', (t) => {
  const { published = [], nodes } = made();
  t.deepEqual(
    published.map(({ container, port, address, hostPort }) => `${container}:${port} at ${address}:${hostPort}`),
    [
      'h1c1:80 at 172.16.0.1:8081',
      'h1c2:80 at 172.16.0.1:8082',
      'h2c1:80 at 172.16.0.2:8081',
      'h2c2:80 at 172.16.0.2:8082',
    ],
  );
  const { nftables = '' } = nodes.find(({ name }) => name === 'h1') ?? {};
  t.is(nftables.split('ip daddr 172.16.0.1 tcp dport 8082 dnat to 172.17.0.3:80').length, 3, 'in and from the host');
  t.true(nftables.includes('ip saddr 172.17.0.0/16 oifname != "docker0" masquerade'));
  t.true(nftables.includes('tcp dport 8082 dnat to [fd00:172:17:0:172:17:0:3]:80'));
  t.false(nftables.includes('172.16.0.2'));
});

test('ports of services are published, too, and registered as such', (t) => {
  const services = [{ name: 'cache', port: 6379, containers: ['h1c2'] }];
  const { published = [], nodes } = made({}, { services, discovery: { kind: 'consul', agents: 'host' } });
  t.like(
    published.find(({ port }) => port === 6379),
    { container: 'h1c2', address: '172.16.0.1', hostPort: 8083 },
  );
  const registration = nodes
    .find(({ name }) => name === 'h1')
    ?.services.find(({ name }) => name.includes('register-cache'));
  t.true(JSON.stringify(registration).includes('172.16.0.1:8083'));
});

test('by hand, and only what is said', (t) => {
  const { published, nodes } = made(publish(['h1c1', 80, 80], ['h1c2', 80, 81]));
  t.deepEqual(
    published?.map(({ container, hostPort }) => [container, hostPort]),
    [
      ['h1c1', 80],
      ['h1c2', 81],
    ],
  );
  t.false(nodes.find(({ name }) => name === 'h2')?.nftables.includes('dnat to'));
});

test('two containers that want one port of their host are refused; on two hosts they may', (t) => {
  t.throws(() => made(publish(['h1c1', 80, 80], ['h1c2', 80, 80])), {
    name: 'LabError',
    message: 'publish: h1c1 and h1c2 both want port 80 of h1, and only one of them can get it',
  });
  t.notThrows(() => made(publish(['h1c1', 80, 80], ['h2c1', 80, 80])));
  t.throws(() => made(publish(['web', 80, 80])), { message: /there is no container web; there are h1c1/u });
  t.throws(() => made({ firstHostPort: 65_535 }), { message: /h1c2 would need port 65536 of h1/u });
});
