/** vxlan in running labs: healthy, and broken as people break it. */
import test, { type ExecutionContext } from 'ava';
import { planOf, scenarioOf, type TestLab, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from '../checks/findings.js';

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

test.serial('a peer missing in the list, a blocked port, containers with the MTU of the wire', async (t) => {
  await withLab(planOf(scenarioOf(shape)), async (lab) => {
    await change(t, lab, 'h1', 'bridge fdb del 00:00:00:00:00:00 dev vxlan0 dst 172.16.0.3');
    assertFinding(t, await lab.measure('broadcast-domain'), {
      where: 'h1',
      words: [
        'h3c1 does not get broadcast and multicast frames from h1c1',
        'h1: forwarding entry is none, planned 00:00:00:00:00:00 dev vxlan0 dst 172.16.0.3',
      ],
    });
    await change(t, lab, 'h1', 'bridge fdb append 00:00:00:00:00:00 dev vxlan0 dst 172.16.0.3');

    const block = 'udp dport 4789 drop';
    await change(t, lab, 'h2', `nft 'table inet t { chain c { type filter hook input priority filter; ${block}; }; }'`);
    assertFinding(t, await lab.measure('container-to-container'), {
      where: /^h2/u,
      words: ['h2 is cut off', 'entered h2:eth1, never left h2:veth-h2c1'],
    });
    await change(t, lab, 'h2', 'nft delete table inet t');

    await change(t, lab, 'h2c1', 'ip link set eth0 mtu 1500');
    assertFinding(t, await lab.measure('path-mtu'), { where: 'h2c1:eth0', words: ['MTU 1500 (predicted 1450)'] });
  });
});

test.serial('another network identifier on one host', async (t) => {
  const plan = withNode(planOf(scenarioOf(shape)), 'h2', (node) => ({
    ...node,
    links: node.links.map((link) => (link.kind === 'vxlan' ? { ...link, vni: 43 } : link)),
  }));
  await withLab(plan, async (lab) => {
    assertFinding(t, await lab.measure('container-to-container'), { where: /^h2/u, words: ['h2 is cut off'] });
  });
});

for (const { mtuBytes, family, inside } of [
  { mtuBytes: 1500, family: 'ipv4', inside: 1450 },
  { mtuBytes: 9000, family: 'ipv4', inside: 8950 },
  { mtuBytes: 1400, family: 'ipv4', inside: 1350 },
  { mtuBytes: 1500, family: 'ipv6', inside: 1430 },
] as const) {
  test.serial(`a wire of ${mtuBytes} bytes, by ${family}, carries ${inside} inside`, async (t) => {
    const scenario = scenarioOf({ ...shape, hosts: 2, ipv6: true, mtuBytes, underlay: { family } });
    await withLab(planOf(scenario), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      const summary = `predicted ${inside}, interfaces ${inside}, delivered ${inside} bytes`;
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
