import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import type { LinkState, NodeState } from '#lab/state.js';
import type { PromiseResult } from '#src/result/result.js';
import { planOf, scenarioOf, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

const summaryOf = (result: PromiseResult): string => result.checks[0]?.summary ?? '';

test.serial(
  'three equal numbers; a smaller LAN interface and a smaller container; again after the repair',
  async (t) => {
    await withLab(planOf(), async (lab) => {
      const healthy = await lab.measure('path-mtu');
      assertVerdict(t, healthy, 'pass');
      t.regex(
        summaryOf(healthy),
        /^delivered 1500, predicted 1500, interfaces 1500 bytes; larger: .*silence.*EMSGSIZE/u,
      );
      t.is(
        healthy.checks[0]?.coverage,
        '8 pairs of a probe endpoint and a container, 4 of 4 containers, both directions, IPv4 and IPv6',
      );

      await change(t, lab, 'h2', 'ip link set eth1 mtu 1400');
      await change(t, lab, 'h1c2', 'ip link set eth0 mtu 1300');
      const broken = await lab.measure('path-mtu');
      assertFinding(
        t,
        broken,
        {
          where: 'h2:eth1',
          words: [
            'h2:eth1 has MTU 1400 (planned 1500)',
            /has 140[0-4] bytes/u,
            /left h1g1:eth0, .*never (left|entered) h2:eth1/u,
          ],
        },
        {
          where: 'h1c2:eth0',
          words: ['h1c2:eth0 has MTU 1300 (planned 1500)', /has 130[0-4] bytes/u, 'never entered h1c2:eth0'],
        },
      );
      // An interface takes aggregates (GSO) larger than its MTU (__is_skb_forwardable, net/core/dev.c), so bulk TCP passes
      // until it sends one segment alone.
      const others = broken.checks[0]?.evidence.filter(({ message }) => !message.startsWith('a bulk TCP transfer'));
      t.is(others?.length, 2, JSON.stringify(others, null, 1));
      t.regex(summaryOf(broken), /interfaces 1300 to 1500/u);

      await change(t, lab, 'h2', 'ip link set eth1 mtu 1500');
      await change(t, lab, 'h1c2', 'ip link set eth0 mtu 1500');
      assertVerdict(t, await lab.measure('path-mtu'), 'pass');
    });
  },
);

for (const mtuBytes of [1400, 9000])
  test.serial(`bridge-l2 takes nothing off a wire of ${mtuBytes} bytes`, async (t) => {
    await withLab(planOf(scenarioOf({ mtuBytes, containers: 1, outsiders: 0 })), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      t.true(
        summaryOf(result).startsWith(`delivered ${mtuBytes}, predicted ${mtuBytes}, interfaces ${mtuBytes} bytes`),
      );
    });
  });

test.serial('a wire that carries more than predicted, and nobody is told', async (t) => {
  const jumbo = planOf(scenarioOf({ mtuBytes: 9000, outsiders: 0 }));
  await withLab({ ...jumbo, mtu: { bytes: 1500, wireBytes: 1500, why: 'wrong on purpose' } }, async (lab) => {
    const result = await lab.measure('path-mtu');
    assertFinding(
      t,
      result,
      { where: 'h1c1:eth0', words: ['MTU 9000 (predicted 1500)', 'h2c2:eth0'] },
      { where: /^$/u, words: ['larger packets than predicted pass', '9000 bytes with DF arrive'] },
    );
  });
});

/**
 * A routed tunnel in place of the plain cable: eth1 leaves the bridge, the other host's slice is behind vx0, and the host
 * answers ARP for it. Not a bridged one: as the port of a bridge the kernel's VXLAN tells the sender instead of fragmenting.
 */
function tunnelled(plan: Plan, mtuBytes: number): Plan {
  const host = (node: NodeState): NodeState => {
    const [own, other] = node.name === 'h1' ? [1, 2] : [2, 1];
    const ends = { local: `172.20.0.${own}`, remote: `172.20.0.${other}` };
    const vx0 = {
      kind: 'vxlan',
      name: 'vx0',
      vni: 7,
      port: 4789,
      mtuBytes,
      addresses: [`172.21.0.${own}/24`],
    } as const;
    const links = node.links.map((link): LinkState => {
      if (link.name !== 'eth1') return link;
      const { master: _, ...bare } = link;
      return { ...bare, addresses: [`${ends.local}/24`] };
    });
    const route = { destination: `10.1.${other}.0/24`, via: `172.21.0.${other}`, link: 'vx0' };
    const proxy = { 'net.ipv4.conf.br0.proxy_arp': '1', 'net.ipv4.neigh.br0.proxy_delay': '0' };
    return {
      ...node,
      links: [...links, { ...vx0, ...ends }],
      routes: [...node.routes, route],
      sysctls: { ...node.sysctls, ...proxy },
    };
  };
  const container = (node: NodeState): NodeState => ({
    ...node,
    links: node.links.map((link) => ({ ...link, mtuBytes })),
  });
  const hosts = withNode(withNode(plan, 'h1', host), 'h2', host);
  const names = plan.nodes.filter(({ role }) => role === 'container').map(({ name }) => name);
  const changed = names.reduce((all, name) => withNode(all, name, container), hosts);
  return { ...changed, mtu: { bytes: mtuBytes, wireBytes: 1500, why: `${mtuBytes} as claimed` } };
}

test.serial(
  'a tunnel that hides a wrong MTU by cutting its outer packets; the same tunnel with the right MTU',
  async (t) => {
    const plan = planOf(scenarioOf({ outsiders: 0, ipv6: false }));
    await withLab(tunnelled(plan, 1500), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertFinding(t, result, {
        where: /^h[12]:eth1$/u,
        words: ['carries IP fragments', '1500 bytes pass only because'],
      });
    });
    await withLab(tunnelled(plan, 1450), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      t.regex(summaryOf(result), /^delivered 1450, predicted 1450, interfaces 1450 .*ICMP \(EMSGSIZE\) with MTU 1450/u);
    });
  },
);
