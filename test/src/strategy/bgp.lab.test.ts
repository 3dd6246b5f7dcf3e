/** bgp in running labs that are broken as people break them. */
import test, { type ExecutionContext } from 'ava';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';
import { birdc, eventually, routesOf } from './bird.js';

const shape = { strategy: 'bgp', hosts: 3, containers: 2, ipv6: false } as const;

/** Changes a host's bird.conf with sed, and lets BIRD read it. */
async function reconfigure(t: ExecutionContext, lab: TestLab, node: string, expression: string): Promise<void> {
  const config = `/run/netlab/nodes/${node}/bird/bird.conf`;
  await change(
    t,
    lab,
    node,
    `cp ${config} ${config}.old; sed -i '${expression}' ${config}; ! cmp -s ${config} ${config}.old`,
  );
  await change(t, lab, node, birdc(node, 'configure'));
}

async function restore(t: ExecutionContext, lab: TestLab, node: string): Promise<void> {
  const config = `/run/netlab/nodes/${node}/bird/bird.conf`;
  await change(t, lab, node, `cp ${config}.old ${config}; ${birdc(node, 'configure')}`);
  await eventually(t, lab, 'r1', 'ip route', /10\.4\.2\.0\/24/u);
}

test.serial('a wrong AS, a wrong password, a filter: sessions that are down or tell nothing', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, parameters: { password: 'secret', bfd: false } })), async (lab) => {
    await reconfigure(t, lab, 'h2', 's/local as 64602/local as 64702/');
    await eventually(t, lab, 'r1', birdc('r1', 'show protocols'), /h2_ipv4.*Bad peer AS/u);
    // What other hosts ask r1's link for meanwhile is no part of what is followed there.
    const asking = 'ip neigh del 172.16.255.254 dev eth1; ping -c 1 -W 1 172.16.255.254; sleep 0.02';
    await change(t, lab, 'h1', `touch /run/asking; (while [ -e /run/asking ]; do ${asking}; done) > /dev/null 2>&1 &`);
    const { promises } = await lab.verify('container-to-container', 'egress');
    await change(t, lab, 'h1', 'rm /run/asking');
    assertFinding(t, named(promises, 'container-to-container'), {
      where: 'h2',
      words: [
        'h2 is cut off',
        'r1 has no route to 10.4.2.2',
        /h2: the session r1_ipv4 with r1 \(172\.16\.255\.254\) is .*Bad peer AS/u,
        /r1: the session h2_ipv4 with h2 \(172\.16\.0\.2\) is .*Bad peer AS.*, planned Established/u,
      ],
    });
    assertFinding(t, named(promises, 'egress'), {
      where: /^r1/u,
      words: ['h2c1 and h2c2 of h2 cannot reach world', 'the session h2_ipv4 with h2 (172.16.0.2)'],
    });
    await restore(t, lab, 'h2');

    await reconfigure(t, lab, 'h2', 's/password "secret"/password "Secret"/');
    await eventually(t, lab, 'r1', 'ip route', /^(?!.*10\.4\.2\.0)/su);
    assertFinding(t, await lab.measure('lan-reachable'), {
      where: 'h2',
      words: ['h2: the session r1_ipv4 with r1 (172.16.255.254) is', 'planned Established'],
    });
    await restore(t, lab, 'h2');

    await reconfigure(t, lab, 'h2', 's/export where source != RTS_BGP/export where false/');
    await eventually(t, lab, 'r1', 'ip route', /^(?!.*10\.4\.2\.0)/su);
    assertFinding(t, await lab.measure('container-to-container'), {
      where: 'h2',
      words: [
        'r1: route of bird is none, planned 10.4.2.0/24 via 172.16.0.2 dev eth0',
        'h2: what r1_ipv4 announces to r1 is nothing of it, planned 10.4.2.0/24',
      ],
    });
    await restore(t, lab, 'h2');
    assertVerdict(t, await lab.measure('container-to-container'), 'pass');
  });
});

test.serial('a host that drops what it should forward, and one whose BIRD is gone', async (t) => {
  await withLab(planOf(scenarioOf(shape)), async (lab) => {
    const chain = 'chain c { type filter hook forward priority 0; policy drop; }';
    await change(t, lab, 'h2', `nft 'table inet t { ${chain}; }'`);
    const dropped = await lab.verify('container-to-container', 'lan-reachable');
    assertFinding(t, named(dropped.promises, 'container-to-container'), {
      where: /^h2:/u,
      words: ['h2 passes nothing on for its containers', 'entered h2:veth-h2c1, never left h2:veth-h2c2'],
    });
    assertFinding(t, named(dropped.promises, 'lan-reachable'), {
      where: /^h2/u,
      words: ['entered h2:eth1, never left h2:br0'],
    });
    t.regex(dropped.drift.join('\n'), /h2: nftables is .*policy drop/u);
    await change(t, lab, 'h2', 'nft delete table inet t');

    await change(t, lab, 'h3', 'kill $(cat /run/netlab/nodes/h3/bird/bird.pid)');
    await eventually(t, lab, 'r1', 'ip route', /^(?!.*10\.4\.3\.0)/su);
    const report = await lab.verify('host-to-container');
    assertFinding(t, named(report.promises, 'host-to-container'), {
      where: 'h3',
      words: ['r1 has no route to 10.4.3.2', 'h3: service bird is BIRD does not answer'],
    });
    t.true(
      report.drift.some((line) => line.startsWith('h3: service bird is BIRD does not answer')),
      report.drift.join('\n'),
    );
  });
});

test.serial('no proxy ARP, and a container that takes its route with it', async (t) => {
  const plan = planOf(scenarioOf({ ...shape, parameters: { granularity: 'container' } }));
  await withLab(plan, async (lab) => {
    t.regex(await routesOf(lab, 'r1'), /10\.4\.2\.2 via 172\.16\.0\.2 dev eth0 proto bird/u);
    await change(t, lab, 'h2', 'sysctl -w net.ipv4.conf.veth-h2c1.proxy_arp=0');
    const { promises } = await lab.verify('container-to-container', 'egress');
    assertFinding(t, named(promises, 'container-to-container'), {
      where: /^h2/u,
      words: [/h2c1/u, 'the ARP reply of 169.254.1.1 never left h2:veth-h2c1', 'proxy_arp is 0, planned 1'],
    });
    assertFinding(t, named(promises, 'egress'), {
      where: 'h2c1',
      words: ['the default gateway of h2c1 is 169.254.1.1, which is nobody'],
    });
    await change(t, lab, 'h2', 'ip link del veth-h2c1');
    await eventually(t, lab, 'r1', 'ip route', /^(?!.*10\.4\.2\.2)/su);
    t.regex(await routesOf(lab, 'r1'), /10\.4\.2\.3 via 172\.16\.0\.2/u);
  });
});
