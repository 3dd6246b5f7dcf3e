/** encrypted-overlay broken as people break it: encryption off or gone round, wrong keys, a peer missing, the wrong MTU; and what does not break it. */
import test from 'ava';
import type { NodeState, ServiceState, VxlanLink } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';
import { planOf, scenarioOf, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';

const wireguard = { engine: 'wireguard', implementation: 'userspace' } as const;

/** Hosts with a container each, behind routers of their own. */
function overRouters(hosts: number, parameters: Readonly<Record<string, unknown>> = {}): Plan {
  const shape = { strategy: 'encrypted-overlay', hosts, containers: 1, outsiders: 0, parameters };
  return planOf(scenarioOf({ ...shape, underlay: { kind: 'routed' } }));
}

/** The plan with one file of a host's services changed. */
function withFile(plan: Plan, host: string, end: string, edit: (content: string) => string): Plan {
  const edited = (service: ServiceState): ServiceState => {
    const files = Object.entries(service.files ?? {});
    return {
      ...service,
      files: Object.fromEntries(files.map(([path, text]) => [path, path.endsWith(end) ? edit(text) : text])),
    };
  };
  return withNode(plan, host, (node) => ({ ...node, services: node.services.map(edited) }));
}

test.serial('a host that comes late is waited for by those that know it: nothing is broken by the order', async (t) => {
  for (const parameters of [{}, wireguard]) {
    const late = withFile(overRouters(2, parameters), 'h1', 'swap-keys', (text) => text.replace('set -eu', 'sleep 1'));
    await withLab(late, async (lab) => assertVerdict(t, await lab.measure('container-to-container'), 'pass'));
  }
});

test.serial(
  'encryption off, and a tunnel that takes TCP until UDP comes through: it is found all the same',
  async (t) => {
    const clear = overRouters(2, { cipher: 'none' });
    const expecting = planOf({ ...clear.scenario, expect: { encrypted: 'promised' } });
    const late = withNode(expecting, 'h2', (node) => ({ ...node, nftables: `${node.nftables}\n${dropped}` }));
    await withLab(late, async (lab) => {
      const measured = lab.measure('encrypted');
      await change(t, lab, 'h2c1', 'until ss -Huan | grep -q .; do sleep 0.02; done');
      // What was sent first has gone by TCP; of tinc's probes, a burst each second, one comes back soon.
      await change(t, lab, 'h2', 'nft delete table inet late');
      const result = await measured;
      assertFinding(t, result, {
        where: /h[12]:eth1/u,
        words: ['crosses the underlay in clear', 'inside UDP to port 655'],
      });
    });
  },
);

const dropped = `table inet late {
  chain in {
    type filter hook input priority -300
    udp dport 655 drop
  }
}`;

/** VXLAN as if there were no WireGuard: over the LAN, from address to address. */
function besideTheTunnel(plan: Plan): Plan {
  const { hosts } = plan.cluster;
  const addressOf = (tunnel: string | undefined) => hosts[Number(tunnel?.split('.').at(-1)) - 1]?.lanIpv4 ?? '';
  const leaking = (node: NodeState): NodeState => ({
    ...node,
    nftables: '',
    links: node.links.map((link) => (link.kind === 'vxlan' ? overLan(link, addressOf(link.local)) : link)),
    fdb: node.fdb.map((entry) => ({ ...entry, destination: addressOf(entry.destination) })),
  });
  return hosts.reduce((all, { name }) => withNode(all, name, leaking), plan);
}

function overLan({ parent: _, ...link }: VxlanLink, local: string): VxlanLink {
  return { ...link, local };
}

test.serial(
  'WireGuard is there, and VXLAN goes round it: everybody reaches everybody, and all can be read',
  async (t) => {
    const plan = besideTheTunnel(overRouters(2, wireguard));
    await withLab(plan, async (lab) => {
      const { promises } = await lab.verify('container-to-container', 'encrypted');
      assertVerdict(t, named(promises, 'container-to-container'), 'pass');
      assertFinding(t, named(promises, 'encrypted'), {
        where: 'h1:eth1',
        words: ['what h1c1 sends to h2c1 crosses the underlay in clear', 'inside UDP to port 4789, on h1:eth1'],
      });
    });
  },
);
