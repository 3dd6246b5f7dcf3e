import test from 'ava';
import type { NodeState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

const networkOf = (host: string) => `10.1.${host.slice(1)}.0/24`;

/** The plan of bridge-l2 made into one with a subnet for each host, and routes between them. */
function routedByHand(): Plan {
  const plan = planOf(
    scenarioOf({ ipv6: false, outsiders: 0, underlay: { kind: 'routed' }, parameters: { masquerade: 'off' } }),
  );
  const { hosts, sites } = plan.cluster;
  const uplinks = new Map(sites.flatMap(({ router }) => (router ? [[router.name, router.uplinkIpv4] as const] : [])));
  const routed = (node: NodeState): NodeState => {
    const own = hosts.find(({ name, site }) => [name, sites[site]?.router?.name].includes(node.host ?? node.name));
    const links = node.links.map((link) => ({
      ...link,
      addresses: link.addresses.map((address) =>
        address.replace(/^10\.1\.0\.(\d+)\/16$/u, '10.1.$1.1/24').replace(/^(10\.1\..*)\/16$/u, '$1/24'),
      ),
    }));
    if (node.role === 'container')
      return {
        ...node,
        links,
        routes: [{ destination: 'default', via: networkOf(node.host ?? '').replace('0/24', '1') }],
      };
    if (!uplinks.has(node.name)) return { ...node, links };
    const routes = hosts.map(({ name, site, lanIpv4 }) => ({
      destination: networkOf(name),
      via: name === own?.name ? lanIpv4 : (uplinks.get(sites[site]?.router?.name ?? '') ?? ''),
    }));
    return { ...node, links, routes: [...node.routes, ...routes] };
  };
  const endpoints = plan.endpoints.map((end) => {
    const host = hosts.find(({ name }) => name === end.node);
    return host === undefined ? end : { ...end, ipv4: host.lanIpv4 };
  });
  return { ...plan, nodes: plan.nodes.map(routed), endpoints };
}

test.serial(
  'routes between subnets cross routers; without one of them the packet ends at the router that lacks it',
  async (t) => {
    await withLab(routedByHand(), async (lab) => {
      const healthy = await lab.measure('crosses-routers');
      assertVerdict(t, healthy, 'pass');
      t.is(
        healthy.checks[0]?.summary,
        '24 of 24 flows between containers and 12 of 12 from hosts to containers delivered across gw1 and gw2',
      );
      await change(t, lab, 'gw1', 'ip route del 10.1.2.0/24');
      await change(t, lab, 'gw1', 'ip route add blackhole 10.1.2.0/24');
      assertFinding(t, await lab.measure('crosses-routers'), {
        where: 'gw1',
        words: ['nothing from h1c1 and h1c2 behind gw1', 'it ends at the router gw1', 'gw1 has no route to 10.1.2.2'],
      });
      await change(t, lab, 'gw1', 'ip route replace 10.1.2.0/24 via 192.0.2.12');
      await change(
        t,
        lab,
        'gw2',
        "nft 'table ip t { chain c { type filter hook forward priority 0; tcp flags syn drop; }; }'",
      );
      assertFinding(t, await lab.measure('crosses-routers'), {
        where: 'gw2:eth1',
        words: ['not all (8 of 12) from h1c1 and h1c2', 'it ends at the router gw2', 'h2c1 and h2c2 reached by TCP'],
      });
      await change(t, lab, 'gw2', 'nft flush ruleset');
      await change(t, lab, 'h2', 'sysctl -w net.ipv4.ip_forward=0');
      assertFinding(t, await lab.measure('crosses-routers'), {
        where: 'h2:br0',
        words: ['h1c1 and h1c2 behind gw1', 'entered h2:br0'],
      });
    });
  },
);

test.serial('a layer-2 segment ends at the router, which a small cluster beside the lab shows', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 1 })), async (lab) => {
    const result = await lab.measure('crosses-routers');
    t.is(result.cell, 'absent');
    assertFinding(t, result, {
      where: 'gw1:eth0',
      words: [
        'nothing from h1c1 behind gw1',
        'it ends at the router gw1',
        'the ARP request for 10.1.2.2 left h1c1:eth0',
      ],
    });
    t.deepEqual((await lab.verify('container-to-container')).drift, [], 'nothing of it is in the lab itself');
  });
});

test.serial('a scenario that expects it is told that the promise is broken', async (t) => {
  const expecting = { ...scenarioOf({ hosts: 1, ipv6: false }), expect: { 'crosses-routers': 'promised' } } as const;
  await withLab(planOf(expecting), async (lab) => {
    const result = await lab.measure('crosses-routers');
    t.is(result.cell, 'BROKEN');
    assertFinding(t, result, { where: 'gw1:eth0', words: [/EHOSTUNREACH|no answer within 1300 ms/u] });
  });
});

test.serial("a network that is the other cluster's LAN cannot be tried there", async (t) => {
  const parameters = { network: '172.16.0.0/16' };
  await withLab(planOf(scenarioOf({ hosts: 1, ipv6: false, parameters })), async (lab) => {
    const result = await lab.measure('crosses-routers');
    assertVerdict(t, result, 'skip');
    t.regex(result.checks[0]?.reason ?? '', /172\.16\.0\.0\/16 overlaps/u);
    t.regex(result.checks[0]?.remedy ?? '', /another network/u);
  });
});
