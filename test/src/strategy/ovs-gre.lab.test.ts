import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import { planOf, scenarioOf, type ScenarioShape, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';

/** What takes no time to converge, in the datapath that every kernel has. */
const quick = { datapath: 'userspace', mesh: 'star', stp: 'off' } as const;

function plan({ parameters, ...shape }: ScenarioShape = {}): Plan {
  return planOf(scenarioOf({ strategy: 'ovs-gre', parameters: { ...quick, ...parameters }, ...shape }));
}

test.serial('two hosts with the same --fixed-cidr', async (t) => {
  const slices = scenarioOf({
    strategy: 'ovs-gre',
    parameters: quick,
    containers: 1,
    ipv6: false,
    tolerate: ['overlapping-slices', 'duplicate-address'],
  });
  const hosts = slices.cluster.hosts.map((host) => ({ ...host, slice: '172.17.64.0/18' }));
  // Who has another's address may never reach it: nothing to wait for.
  const { convergence: _, ...built } = planOf({ ...slices, cluster: { ...slices.cluster, hosts } });
  await withLab(built, async (lab) => {
    assertFinding(t, await lab.measure('unique-address'), {
      where: /h[12]c1/u,
      words: ['172.17.64.2 is there twice'],
    });
  });
});

for (const [mesh, hosts, redundant] of [
  ['ring', 4, 1],
  ['full', 4, 3],
] as const)
  test.serial(`${mesh} mesh of ${hosts} hosts with RSTP: ${redundant} tunnels blocked, h1 is the root`, async (t) => {
    const parameters = { mesh, stp: 'rstp', forwardDelaySeconds: 4 };
    await withLab(plan({ hosts, containers: 1, outsiders: 0, ipv6: false, parameters }), async (lab) => {
      t.log(`converged in ${Math.round(lab.convergedMs)} ms over ${redundant + hosts - 1} tunnels`);
      const { promises, drift } = await lab.verify('container-to-container', 'loop-free');
      for (const result of promises) assertVerdict(t, result, 'pass');
      const observations = named(promises, 'loop-free').checks.flatMap((check) => check.observations);
      const of = (name: string) =>
        observations.filter((one) => one.name === name).map(({ value, subject }) => `${value} ${subject}`);
      t.is(of('portState').filter((text) => text.startsWith('blocking')).length, redundant, of('portState').join(', '));
      t.true(
        of('portRole').every((text) => /^(alternate|backup) h\d:gre\d$/u.test(text)),
        of('portRole').join(', '),
      );
      t.deepEqual(of('isRoot'), ['true h1:br0']);
      t.deepEqual(drift, []);
    });
  });

/** The plan without some hosts, their containers and the cables to all of these: as if they had not booted yet. */
function withoutHosts(all: Plan, ...missing: readonly string[]): Plan {
  const isMissing = (name: string, host?: string) => missing.includes(name) || missing.includes(host ?? '');
  const gone = new Set(all.nodes.filter(({ name, host }) => isMissing(name, host)).map(({ name }) => name));
  const nodes = all.nodes.filter(({ name }) => !gone.has(name));
  const present = nodes.map((node) => ({
    ...node,
    links: node.links.filter((link) => link.kind !== 'veth' || !gone.has(link.peer.node)),
    services: node.services.filter(({ name }) => !missing.some((host) => name.endsWith(`-to-${host}`))),
  }));
  const { convergence: _, ...rest } = all;
  return { ...rest, nodes: present };
}

/** docker0 without its address until a second after the host has booted, or for ever. */
function withLateAddress(all: Plan, name: string, { comes }: { readonly comes: boolean }): Plan {
  const late = 'sleep 1; ip address add 172.17.42.2/16 dev docker0; exec sleep infinity';
  return withNode(all, name, (node) => ({
    ...node,
    links: node.links.map((link) => (link.name === 'docker0' ? { ...link, addresses: [] } : link)),
    services: [
      ...(comes ? [{ ...daemon, argv: ['sh', '-c', late] as const }] : []),
      ...node.services.map((service) =>
        service.name === 'wait-ip-docker0' ? { ...service, readyTimeoutMs: 3_000 } : service,
      ),
    ],
  }));
}

const daemon = { name: 'late', ready: { kind: 'started' }, readyTimeoutMs: 1_000, stopGraceMs: 500 } as const;

test.serial('hosts boot in any order and late, and one whose docker0 waits for its address', async (t) => {
  const whole = plan({ hosts: 3, containers: 1, outsiders: 0, ipv6: false, parameters: { mesh: 'full', stp: 'rstp' } });
  const slow = withLateAddress(whole, 'h2', { comes: true });
  await withLab(withoutHosts(slow, 'h1', 'h3'), async (lab) => {
    // As soon as anything runs there, the containers' gateway answers.
    await change(t, lab, 'h2c1', 'ping -c 1 -W 1 172.17.42.2');
    await lab.grow(withoutHosts(slow, 'h1'));
    await lab.grow(slow);
    const { promises, drift } = await lab.verify(
      'unique-address',
      'container-to-container',
      'host-to-container',
      'egress',
      'loop-free',
    );
    for (const result of promises) assertVerdict(t, result, 'pass');
    t.deepEqual(drift, ['h2:docker0: address is 172.17.42.2/16, planned none']);
  });
});

test.serial('a host whose docker0 never gets an address starts no container', async (t) => {
  const never = withLateAddress(plan({ hosts: 2, containers: 1, outsiders: 0, ipv6: false }), 'h2', { comes: false });
  await t.throwsAsync(
    withLab(never, () => Promise.resolve()),
    { message: /h2: .*wait-ip/u },
  );
});

test.serial('the recipe as it is, with a shorter forward delay', async (t) => {
  const parameters = { mesh: 'full', stp: 'stp', forwardDelaySeconds: 4 };
  await withLab(plan({ hosts: 3, parameters }), async (lab) => {
    const { promises, drift } = await lab.verify();
    for (const { promise, cell, declared, checks } of promises) {
      if (cell === 'BROKEN' || cell === 'extra') t.log(JSON.stringify(checks, undefined, 1));
      t.true(cell === 'kept' || declared !== 'promised' || promise === 'crosses-routers', `${promise}: ${cell}`);
      t.not(cell, 'extra', promise);
    }
    t.regex(named(promises, 'loop-free').checks[0]?.summary ?? '', /h3:gre3; its root is h1:br0/u);
    // Between h2 and h3 everything goes by h1: h3 sends nothing into the blocked tunnel. h2 floods it until it has learned.
    const throughput = named(promises, 'throughput').checks[0]?.summary ?? '';
    t.regex(
      throughput,
      /; by the tunnels that begin at h1:gre1, h1:gre2, h2:gre1(, h2:gre3)? and h3:gre2$/u,
      throughput,
    );
    t.deepEqual(drift, []);
  });
});
