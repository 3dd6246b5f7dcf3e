import test, { type ExecutionContext } from 'ava';
import type { Plan } from '#src/plan/plan.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

const grouped = (strategy = 'vxlan', parameters: Readonly<Record<string, unknown>> = {}): Scenario => {
  const base = scenarioOf({ outsiders: 0 });
  const container = (name: string, ...groups: string[]) => ({ name, groups });
  const hosts = [
    { name: 'h1', containers: [container('h1a', 'a'), container('h1b', 'b'), container('both', 'a', 'b')] },
    { name: 'h2', containers: [container('h2b', 'b'), container('h2a', 'a')] },
  ];
  return { ...base, strategy: { name: strategy, parameters }, cluster: { ...base.cluster, hosts } };
};

/** Every promise that says something of groups; and a lab is not waited for in vain, as the first containers of the hosts share no group. */
async function assertKeptApart(t: ExecutionContext, lab: TestLab, { convergence }: Plan): Promise<void> {
  if (convergence !== undefined) t.true(lab.convergedMs < convergence.deadlineMs, `${lab.convergedMs} ms`);
  const { promises, drift } = await lab.verify('isolation', 'container-to-container', 'unique-address');
  t.deepEqual(
    promises.map(({ promise, cell }) => [promise, cell]),
    [
      ['unique-address', 'kept'],
      ['container-to-container', 'kept'],
      ['isolation', 'kept'],
    ],
  );
  t.regex(promises[1]?.checks[0]?.summary ?? '', /^a: all 18 flows .*; b: all 18 flows/u);
  t.deepEqual(drift, []);
}

test.serial('groups reach their own members alone; a container of both is in both', async (t) => {
  const plan = planOf(grouped());
  await withLab(plan, async (lab) => await assertKeptApart(t, lab, plan));
});

test.serial('tinc: a network for each group, and one that is put into the bridge of another', async (t) => {
  const plan = planOf(grouped('encrypted-overlay'));
  await withLab(plan, async (lab) => {
    await assertKeptApart(t, lab, plan);
    await change(t, lab, 'h2', 'ip link set tinc1 master br0');
    assertFinding(t, await lab.measure('isolation'), {
      where: 'h2:tinc1',
      words: ['h2a hears the broadcasts of h1b', 'h2:tinc1: master is br0, planned br1'],
    });
  });
});

test.serial('WireGuard: a VXLAN network for each group, and one that is put into the bridge of another', async (t) => {
  const parameters = { engine: 'wireguard', implementation: 'userspace' };
  const plan = planOf(grouped('encrypted-overlay', parameters));
  await withLab(plan, async (lab) => {
    await assertKeptApart(t, lab, plan);
    await change(t, lab, 'h2', 'ip link set vxlan1 master br0');
    assertFinding(t, await lab.measure('isolation'), {
      where: 'h2:vxlan1',
      words: ['h2a hears the broadcasts of h1b', 'h2:vxlan1: master is br0, planned br1'],
    });
  });
});

test.serial('Open vSwitch: tunnels with a key for each group, and one with the key of another', async (t) => {
  const plan = planOf(grouped('ovs-gre', { stp: 'off' }));
  await withLab(plan, async (lab) => {
    await assertKeptApart(t, lab, plan);
    const vsctl = 'ovs-vsctl --db=unix:/run/netlab/nodes/h2/ovsdb-server/db.sock';
    await change(t, lab, 'h2', `${vsctl} del-port br1 g1-gre1 -- set Interface gre1 options:key=2`);
    assertFinding(t, await lab.measure('isolation'), {
      where: 'h2:gre1',
      words: ['h2a hears the broadcasts of h1b', 'h2:gre1: key is 2, planned 1'],
    });
  });
});

test.serial('a strategy without groups keeps nobody apart, by measurement', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 1, outsiders: 0 })), async (lab) => {
    const result = await lab.measure('isolation');
    t.is(result.cell, 'absent');
    assertFinding(t, result, { where: 'h1', words: ['nothing keeps h1c1 apart from h1c2', 'one network for all'] });
  });
});

test.serial('of larger groups a part is measured, and it is said which', async (t) => {
  const scenario = grouped();
  const hosts = scenario.cluster.hosts.map((host) => ({
    ...host,
    containers: ['a', 'b'].flatMap((group) =>
      [1, 2, 3].map((number) => ({ name: `${host.name}${group}${number}`, groups: [group] })),
    ),
  }));
  const cluster = { ...scenario.cluster, hosts, ipv6: false };
  await withLab(planOf({ ...scenario, cluster, coverage: 'covering' }), async (lab) => {
    const [check] = (await lab.measure('isolation')).checks;
    const { flows = '', pairs = '' } =
      /(?<flows>\d+) flows between 2 groups .*groups a and b: (?<pairs>\d+) of 72 ordered pairs \(covering design\)/u.exec(
        `${check?.summary} ${check?.coverage}`,
      )?.groups ?? {};
    t.true(Number(pairs) >= 12 && Number(pairs) < 72, `${check?.summary} ${check?.coverage}`);
    t.is(Number(flows), 3 * Number(pairs));
  });
});

test.serial('a strategy with groups is measured beside a lab that has none', async (t) => {
  const scenario = { ...scenarioOf({ containers: 1 }), strategy: { name: 'vxlan', parameters: {} } };
  await withLab(planOf(scenario), async (lab) => {
    const result = await lab.measure('isolation');
    assertVerdict(t, result, 'pass');
    t.regex(result.checks[0]?.summary ?? '', /two groups on two hosts, built beside it: .* arrived nowhere/u);
  });
});
