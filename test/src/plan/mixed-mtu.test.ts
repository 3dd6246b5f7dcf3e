import test from 'ava';
import type { HostSpec } from '#src/scenario/scenario.js';
import { makePlan } from '#src/plan/make-plan.js';
import { pairMtu } from '#src/plan/pair-mtu.js';
import { planTables } from '#src/plan/render-table.js';
import type { Plan } from '#src/plan/plan.js';
import { findStrategy, strategies } from '#src/strategy/index.js';
import { hosts, scenario } from './plans.js';

/** Three hosts on a wire of 9000 bytes, of which h2 has 1500 on its eth1. */
function mixed(name: string, containers: (host: HostSpec) => HostSpec = (host) => host, parameters = {}): Plan {
  const fleet = hosts(3, 1).map((host) => (host.name === 'h2' ? { ...host, mtuBytes: 1500 } : host));
  const underlay = { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 9000, extraLinks: [] } as const;
  const cluster = { hosts: fleet.map(containers), outsiders: [], underlay };
  return makePlan(scenario(cluster, parameters, { strategy: { name, parameters } }), findStrategy(name));
}

const linkOf = (plan: Plan, node: string, link: string) =>
  plan.nodes.find(({ name }) => name === node)?.links.find(({ name }) => name === link);

const beware = (plan: Plan): readonly string[] =>
  (planTables(plan).find(({ title }) => title === 'Beware')?.rows ?? []).map((row) => row.join(': '));

for (const name of strategies.keys())
  test(`${name}: every bridge has the MTU of its smallest port, as the kernel gives it`, (t) => {
    for (const node of mixed(name).nodes)
      for (const bridge of node.links.filter(({ kind }) => kind === 'bridge')) {
        const ports = node.links.filter(({ master }) => master === bridge.name);
        if (ports.length > 0)
          t.is(
            bridge.mtuBytes,
            Math.min(...ports.map(({ mtuBytes = 1500 }) => mtuBytes)),
            `${node.name}:${bridge.name}`,
          );
      }
  });

const overheads: ReadonlyArray<readonly [string, number, number, object?]> = [
  ['bridge-l2', 9000, 1500],
  ['host-gw', 9000, 1500],
  ['vxlan', 8950, 1450],
  ['ovs-gre', 8962, 1462],
  ['encrypted-overlay', 1500, 1437],
  ['encrypted-overlay', 8890, 1390, { engine: 'wireguard', implementation: 'userspace' }],
];
for (const [name, large, small, parameters = {}] of overheads)
  test(`${name} ${JSON.stringify(parameters)}: containers have what their own host carries, and the plan warns`, (t) => {
    const plan = mixed(name, undefined, parameters);
    t.like(plan.mtu, { bytes: small, wireBytes: 9000, ofHosts: { h1: large, h2: small, h3: large } });
    t.regex(plan.mtu.why, /h2 has eth1 with 1500 on a wire of 9000$/u);
    t.is(linkOf(plan, 'h1c1', 'eth0')?.mtuBytes, large);
    t.is(linkOf(plan, 'h2c1', 'eth0')?.mtuBytes, small);
    const [warning = ''] = beware(plan);
    t.true(
      warning.startsWith(`mixed MTU: h1c1, h3c1 may send ${large} bytes, of which ${small} get to h2c1: `),
      warning,
    );
  });

test('a spanning tree that leads by no smaller host is not warned of; without a protocol none is predicted', (t) => {
  const ring = mixed('ovs-gre', undefined, { stp: 'stp', mesh: 'ring' });
  t.false(
    beware(ring).some((warning) => warning.includes('tunnels lead')),
    'h2 passes nothing on',
  );
  t.deepEqual(pairMtu(ring.mtu, { host: 'h1' }, { host: 'h3' }), {
    bytes: 8962,
    leastBytes: 8962,
    by: [],
    otherwiseBytes: 8962,
  });
  const looped = mixed('ovs-gre', undefined, { stp: 'off' });
  t.is(looped.mtu.tree, undefined, 'without a protocol nobody decides');
});

test('a tunnel that tries sizes at random may find less of a smaller wire at the far end, and all of its own', (t) => {
  const plan = mixed('encrypted-overlay', undefined, { engine: 'tinc' });
  const found = (from: string, to: string): readonly number[] => {
    const { bytes, leastBytes } = pairMtu(plan.mtu, { host: from }, { host: to });
    return [bytes, leastBytes];
  };
  t.deepEqual(found('h1', 'h2'), [1437, 1424], 'a fifth of 63 bytes less');
  t.deepEqual(found('h2', 'h1'), [1437, 1437]);
  t.deepEqual(found('h1', 'h3'), [1500, 1500]);
  t.regex(beware(plan).join('\n'), /1437 get to h2c1: .* may settle on up to 13 bytes less\./u);
});

test('where every container has the smallest MTU there is nothing to beware of', (t) => {
  const modest = ({ containers, ...host }: HostSpec): HostSpec => ({
    ...host,
    containers: containers.map((container) => ({ ...container, mtuBytes: 1500 })),
  });
  t.deepEqual(beware(mixed('bridge-l2', modest)), []);
});

test('one container with a smaller MTU is warned of, on its own host too', (t) => {
  const [warning = ''] = beware(
    mixed('host-gw', (host) => ({
      ...host,
      mtuBytes: 1500,
      containers: host.name === 'h1' ? [{ name: 'big' }, { name: 'small', mtuBytes: 1300 }] : host.containers,
    })),
  );
  t.regex(warning, /^mixed MTU: big, h2c1, h3c1 may send 1500 bytes, of which 1300 get to small: /u);
});

test('a fleet with one MTU below that of the wire is predicted with it', (t) => {
  const plan = mixed('bridge-l2', (host) => ({ ...host, mtuBytes: 1500 }));
  t.is(plan.mtu.bytes, 1500);
  t.is(plan.mtu.ofHosts, undefined);
  t.deepEqual(beware(plan), []);
});

test('a strategy that does not promise path-mtu is not warned about', (t) => {
  t.deepEqual(beware(mixed('port-mapping')), []);
});
