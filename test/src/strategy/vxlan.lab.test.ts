/** vxlan in running labs: healthy, and broken as people break it. */
import test, { type ExecutionContext } from 'ava';
import { probe } from '#lab/capabilities.js';
import { planOf, scenarioOf, type TestLab, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from '../promises/findings.js';

const { binaries } = await probe(['binary:consul']);
const withConsul = binaries[0]?.version === undefined ? test.skip : test.serial;

const shape = { strategy: 'vxlan', hosts: 3, containers: 1, ipv6: false } as const;

/** Every promise is kept, and what is said to be absent is found absent. */
async function assertAsDeclared(t: ExecutionContext, lab: TestLab): Promise<void> {
  const { promises } = await lab.verify();
  for (const result of promises) {
    const isFine = ['kept', 'absent'].includes(result.cell) || result.declared === 'silent';
    if (!isFine) t.log(JSON.stringify(result.checks, undefined, 1));
    t.true(isFine, `${result.promise} is ${result.cell}`);
  }
}

for (const { mtuBytes, family, inside } of [
  { mtuBytes: 1500, family: 'ipv4', inside: 1450 },
  { mtuBytes: 9000, family: 'ipv4', inside: 8950 },
  { mtuBytes: 1400, family: 'ipv4', inside: 1350 },
  { mtuBytes: 1500, family: 'ipv6', inside: 1430 },
  { mtuBytes: 9000, family: 'ipv6', inside: 8930 },
  { mtuBytes: 1400, family: 'ipv6', inside: 1330 },
] as const) {
  test.serial(`a wire of ${mtuBytes} bytes, by ${family}, carries ${inside} inside`, async (t) => {
    const scenario = scenarioOf({ ...shape, hosts: 2, ipv6: true, mtuBytes, underlay: { family } });
    await withLab(planOf(scenario), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      const summary = `delivered ${inside}, predicted ${inside}, interfaces ${inside} bytes`;
      t.true(result.checks[0]?.summary.startsWith(summary), result.checks[0]?.summary);
    });
  });
}

test.serial('a multicast group on the LAN', async (t) => {
  const scenario = scenarioOf({ ...shape, containers: 2, ipv6: true, parameters: { forwarding: 'multicast' } });
  await withLab(planOf(scenario), async (lab) => await assertAsDeclared(t, lab));
});

test.serial('static lists between routers', async (t) => {
  const scenario = scenarioOf({ ...shape, containers: 2, ipv6: true, underlay: { kind: 'routed' } });
  await withLab(planOf(scenario), async (lab) => await assertAsDeclared(t, lab));
});

const byStore = { ...shape, containers: 2, ipv6: true, parameters: { forwarding: 'kv' } } as const;

/** Kills the agent of the host whose VTEP this is. */
const killAgent = (vtep: string): string =>
  `for process in /proc/[0-9]*; do tr '\\0' ' ' <$process/cmdline | grep -q -- "--vtep=[${vtep[0]}]${vtep.slice(1)}" && kill -9 \${process#/proc/}; done; true`;

/** Waits until the command succeeds, 20 s at most. */
const until = (command: string): string => `timeout 20 sh -c 'until ${command}; do sleep 0.1; done'`;

/** As when its disk is full, or no longer: etcd goes on telling what it has, and takes nothing. */
const alarm = (action: 'ACTIVATE' | 'DEACTIVATE'): string => {
  const post = `const post = (path, body) => fetch('http://172.16.0.1:2379/v3/maintenance/' + path, { method: 'POST', body: JSON.stringify(body) })
    .then(async (answer) => answer.ok ? await answer.json() : Promise.reject(new Error(await answer.text())));`;
  const set = `post('status', {}).then(({ header }) => post('alarm', { action: '${action}', memberID: header.member_id, alarm: 'NOSPACE' }))`;
  return `"${process.execPath}" -e "${post} ${set}"`;
};

test.serial(
  'forwarding entries from etcd, whichever host starts first, over IPv6 and between routers, too',
  async (t) => {
    // On the first host the agent is there before its store.
    const late = withNode(planOf(scenarioOf(byStore)), 'h1', (node) => ({
      ...node,
      services: node.services.toReversed(),
    }));
    await withLab(late, async (lab) => {
      await assertAsDeclared(t, lab);
      // A container is in the store from its first frame on; the probe endpoints of the checks are gone from it.
      await change(t, lab, 'h2c1', 'ping -c 1 10.3.1.2');
      const entries = 'bridge fdb show dev vxlan0';
      await change(t, lab, 'h1', until(`${entries} | grep -q "02:42:0a:03:02:02 dst 172.16.0.2 self extern_learn"`));
      await change(t, lab, 'h1', until(`! ${entries} | grep -q "02:42:0a:03:0[123]:04"`));
    });
    const routed = scenarioOf({ ...byStore, hosts: 2, underlay: { kind: 'routed', family: 'ipv6' } });
    await withLab(planOf(routed), async (lab) => {
      for (const promise of ['container-to-container', 'dual-stack', 'path-mtu'] as const)
        assertVerdict(t, await lab.measure(promise), 'pass');
    });
  },
);

withConsul('forwarding entries from Consul, as the source has them', async (t) => {
  await withLab(planOf(scenarioOf({ ...byStore, parameters: { forwarding: 'consul' } })), async (lab) => {
    await assertAsDeclared(t, lab);
    await change(t, lab, 'h2c1', 'ping -c 1 10.3.1.2');
    const entries = 'bridge fdb show dev vxlan0';
    await change(t, lab, 'h1', until(`${entries} | grep -q "02:42:0a:03:02:02 dst 172.16.0.2 self extern_learn"`));
    // The probe endpoints of the checks are gone from the store, and so from every host.
    await change(t, lab, 'h1', until(`! ${entries} | grep -q "02:42:0a:03:0[123]:04"`));
    t.deepEqual((await lab.verify('container-to-container')).drift, []);
  });
});

test.serial('a store that is gone changes nothing; an agent that is gone takes its host away', async (t) => {
  await withLab(planOf(scenarioOf({ ...byStore, parameters: { forwarding: 'kv', leaseSeconds: 2 } })), async (lab) => {
    await change(t, lab, 'h1', killAgent('172.16.0.2'));
    // Its lease ends, and then nobody sends anything to it.
    const isGone = until('! bridge fdb show dev vxlan0 | grep -q 172.16.0.2');
    await change(t, lab, 'h1', isGone);
    await change(t, lab, 'h3', isGone);
    const { promises, drift } = await lab.verify('container-to-container');
    const [result] = promises;
    if (result !== undefined) assertFinding(t, result, { where: /^h2/u, words: ['h2 is cut off'] });
    t.true(drift.includes('h2: service vxlan-agent ended by itself (SIGKILL)'), drift.join('\n'));
  });
  await withLab(planOf(scenarioOf(byStore)), async (lab) => {
    await change(t, lab, 'h1', killAgent('172.16.0.2').replace(/--vtep=\S+"/u, 'listen-client-url[s]"'));
    const { promises, drift } = await lab.verify('container-to-container', 'broadcast-domain');
    for (const result of promises) assertVerdict(t, result, 'pass');
    t.true(drift.includes('h1: service etcd ended by itself (SIGKILL)'), drift.join('\n'));
  });
});

test.serial(
  'a store that takes nothing more ends the session of an agent, which begins anew until it does',
  async (t) => {
    await withLab(planOf(scenarioOf({ ...byStore, containers: 1, ipv6: false })), async (lab) => {
      await change(t, lab, 'h1', alarm('ACTIVATE'));
      await change(t, lab, 'h2c1', 'ip link set eth0 address 02:42:0a:03:02:99 && ping -c 1 10.3.1.2');
      await change(t, lab, 'h2', until('grep -q "lost the store: kv/put" /run/netlab/log/h2.vxlan-agent.log'));
      await change(t, lab, 'h1', alarm('DEACTIVATE'));
      await change(t, lab, 'h1', until('bridge fdb show dev vxlan0 | grep -q "02:42:0a:03:02:99 dst 172.16.0.2"'));
    });
  },
);

test.serial('an agent that tells a wrong VTEP', async (t) => {
  const plan = withNode(planOf(scenarioOf(byStore)), 'h3', (node) => ({
    ...node,
    services: node.services.map((service) => ({
      ...service,
      argv: [
        'netlab:vxlan-agent',
        ...service.argv.slice(1).map((word) => word.replace('172.16.0.3', '172.16.0.4')),
      ] as const,
    })),
  }));
  await withLab({ ...plan, convergence: { deadlineMs: 1_000, why: 'it never will' } }, async (lab) => {
    const { promises, drift } = await lab.verify('container-to-container');
    const [result] = promises;
    if (result !== undefined) assertFinding(t, result, { where: /^h3/u, words: ['h3 is cut off'] });
    const entry = (vtep: string): string => `00:00:00:00:00:00 dev vxlan0 dst ${vtep}`;
    const what = 'forwarding entry of vxlan-agent';
    t.true(drift.includes(`h1: ${what} is none, planned ${entry('172.16.0.3')}`), drift.join('\n'));
    t.true(drift.includes(`h1: ${what} is ${entry('172.16.0.4')}, planned none`), drift.join('\n'));
  });
});

test.serial('an agent that asks the wrong store', async (t) => {
  const plan = withNode(planOf(scenarioOf(byStore)), 'h3', (node) => ({
    ...node,
    services: node.services.map((service) => ({
      ...service,
      argv: ['netlab:vxlan-agent', ...service.argv.slice(1).map((word) => word.replace(':2379', ':2378'))] as const,
    })),
  }));
  await withLab({ ...plan, convergence: { deadlineMs: 1_000, why: 'it never will' } }, async (lab) => {
    assertFinding(t, await lab.measure('container-to-container'), { where: /^h3/u, words: ['h3 is cut off'] });
  });
});
