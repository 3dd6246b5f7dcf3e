/**
 *     r1 ── eth1 ══ eth1 ── h1: br0 with its port veth-c1, and vx0 in it
 *     r1 ── eth2 ══ eth2 ── h1
 */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { runTool } from '#lab/process.js';
import { emptyNode, type NodeState, type VethLink } from '#lab/state.js';
import { drift } from '#src/plan/drift.js';
import { routingCommands } from '#src/plan/shell-routing.js';

const TOOL_TIMEOUT_MS = 10_000;
const FLOOD = '00:00:00:00:00:00';

function cable(name: string, addresses: readonly string[], peer: VethLink['peer'], more: Partial<VethLink> = {}) {
  return { kind: 'veth', name, addresses, peer, ...more } as const;
}

const router: NodeState = {
  ...emptyNode('r1', 'router'),
  links: [
    cable('eth1', ['192.0.2.254/24', 'fd00:1::fe/64'], { node: 'h1', link: 'eth1' }),
    cable('eth2', ['198.51.100.254/24', 'fd00:2::fe/64'], { node: 'h1', link: 'eth2' }),
  ],
};
const container: NodeState = {
  ...emptyNode('c1', 'container', 'h1'),
  links: [cable('eth0', ['10.1.1.2/24'], { node: 'h1', link: 'veth-c1' }, { mac: '02:42:0a:01:01:02' })],
};
const host: NodeState = {
  ...emptyNode('h1', 'host'),
  links: [
    { kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: ['10.1.1.1/24'] },
    cable('eth1', ['192.0.2.1/24', 'fd00:1::1/64'], { node: 'r1', link: 'eth1' }),
    cable('eth2', ['198.51.100.1/24', 'fd00:2::1/64'], { node: 'r1', link: 'eth2' }),
    cable('veth-c1', [], { node: 'c1', link: 'eth0' }, { master: 'br0', bridgePort: { isolated: true } }),
    {
      kind: 'vxlan',
      name: 'vx0',
      vni: 42,
      port: 4789,
      local: 'fd00:1::1',
      remote: 'fd00:1::fe',
      learning: false,
      master: 'br0',
      bridgePort: { hairpin: true, learning: false, neighSuppress: true },
      addresses: [],
    },
  ],
  routes: [
    { destination: 'default', nextHops: [{ via: '192.0.2.254', link: 'eth1' }, { via: '198.51.100.254' }] },
    { destination: 'default', nextHops: [{ via: 'fd00:1::fe' }, { via: 'fd00:2::fe', link: 'eth2' }], mtuBytes: 1400 },
    { destination: '10.1.2.0/24', via: '203.0.113.1', link: 'eth1', onLink: true, mtuBytes: 1450 },
  ],
  rules: [
    { family: 'ipv4', from: '10.1.1.0/24', table: 254, priority: 100 },
    { family: 'ipv6', to: 'fd00:9::/64', table: 254, priority: 101 },
  ],
  fdb: [
    { link: 'vx0', mac: FLOOD, destination: 'fd00:1::2' },
    { link: 'vx0', mac: FLOOD, destination: 'fd00:1::3' },
    { link: 'vx0', mac: '02:42:0a:01:02:02', destination: 'fd00:1::3' },
    { link: 'vx0', mac: '02:42:0a:01:02:02' },
    { link: 'veth-c1', mac: '02:42:0a:01:01:02' },
  ],
};

async function withLab(states: readonly NodeState[], use: (lab: NetnsLab) => Promise<void>): Promise<void> {
  const lab = new NetnsLab(new MachineNeighbourTable(undefined), new MachineLock(undefined));
  try {
    await lab.apply(states);
    await use(lab);
  } finally {
    await lab.remove([...lab.nodes.keys()]);
  }
}

/** Runs a command in a node, as a person would. */
async function byHand(lab: NetnsLab, node: string, line: string): Promise<void> {
  const [program = '', ...rest] = line.split(' ');
  await runTool([program, ...rest], { namespace: lab.node(node).namespace, timeoutMs: TOOL_TIMEOUT_MS });
}

const differences = async (lab: NetnsLab): Promise<readonly string[]> =>
  drift(host, await lab.node('h1').observe()).map((one) => `${one.what}: ${one.planned} -> ${one.found}`);

test.serial('routes, rules and forwarding entries as planned are as planned', async (t) => {
  await withLab([router, container, host], async (lab) => {
    t.deepEqual(await differences(lab), []);
    const { routes, rules, fdb, links } = await lab.node('h1').observe();
    t.like(
      routes.find(({ destination, nextHops }) => destination === 'default' && nextHops?.[0]?.via === '192.0.2.254'),
      {
        protocol: 'static',
        nextHops: [
          { via: '192.0.2.254', link: 'eth1' },
          { via: '198.51.100.254', link: 'eth2' },
        ],
      },
    );
    t.is(rules.filter(({ protocol }) => protocol !== 'kernel').length, 2);
    t.is(new Set(fdb.map((entry) => JSON.stringify(entry))).size, fdb.length);
    t.is(links.find(({ name }) => name === 'vx0')?.vxlan?.local, 'fd00:1::1');
    t.deepEqual((await lab.node('c1').observe()).fdb, []);
  });
});

test.serial(
  'what somebody changes by hand is a difference; what is learned, and what daemons route, is none',
  async (t) => {
    await withLab([router, container, host], async (lab) => {
      await byHand(lab, 'h1', 'ip route add 10.7.0.0/16 via 192.0.2.254 proto bird');
      await byHand(lab, 'c1', 'ip link add link eth0 name mv0 address 02:00:00:00:00:77 type macvlan');
      await byHand(lab, 'c1', 'ip link set mv0 up');
      const learned = async () =>
        (await lab.node('h1').observe()).fdb.some(
          ({ mac, origin }) => mac === '02:00:00:00:00:77' && origin === 'learned',
        );
      for (const end = Date.now() + 5000; !(await learned()) && Date.now() < end; ) await delay(20);
      t.true(await learned());
      t.deepEqual(await differences(lab), []);
      t.true((await lab.node('h1').observe()).routes.some(({ protocol }) => protocol === 'bird'));

      await byHand(lab, 'h1', 'ip route del default via 192.0.2.254');
      await byHand(lab, 'h1', 'ip rule del priority 100');
      await byHand(lab, 'h1', 'ip rule add fwmark 1 lookup 7 priority 5');
      await byHand(lab, 'h1', 'ip route add blackhole 10.8.0.0/16 table 7');
      await byHand(lab, 'h1', 'ip route add local 10.8.0.0/16 dev lo');
      await byHand(lab, 'h1', `bridge fdb del ${FLOOD} dev vx0 dst fd00:1::3`);
      await byHand(lab, 'h1', 'bridge fdb add 02:00:00:00:00:99 dev veth-c1 master static');
      await byHand(lab, 'h1', 'ip link set vx0 type bridge_slave hairpin off');
      t.deepEqual(await differences(lab), [
        'hairpin: on -> off',
        'route: default nexthop via 192.0.2.254 dev eth1 nexthop via 198.51.100.254 -> none',
        'route: none -> blackhole 10.8.0.0/16 table 7',
        'route: none -> local 10.8.0.0/16 dev lo table 255',
        'policy rule: ipv4 100: from 10.1.1.0/24 lookup 254 -> none',
        'policy rule: none -> ipv4 5: from all fwmark 0x1 lookup 7',
        `forwarding entry: ${FLOOD} dev vx0 dst fd00:1::3 -> none`,
        'forwarding entry: none -> 02:00:00:00:00:99 dev veth-c1',
      ]);
    });
  },
);

test.serial('the commands of the shell script make the same', async (t) => {
  await withLab([router, container, { ...host, routes: [], rules: [], fdb: [] }], async (lab) => {
    for (const line of routingCommands(host)) {
      await byHand(lab, 'h1', line.replace(/^(ip|bridge) -n \S+ /u, '$1 '));
    }
    t.deepEqual(await differences(lab), []);
  });
});

/** A host on a wire to the other one, with a VXLAN device that has an address of its own. */
function vtep(name: string, number: number): NodeState {
  const [other, remote] = number === 1 ? ['h2', '192.0.2.2'] : ['h1', '192.0.2.1'];
  const local = `192.0.2.${number}`;
  const overlay = { kind: 'vxlan', name: 'vx0', vni: 42, port: 4789, local, remote } as const;
  return {
    ...emptyNode(name, 'host'),
    links: [
      cable('eth1', [`${local}/24`], { node: other, link: 'eth1' }),
      { ...overlay, mac: `02:00:00:00:00:0${number}`, addresses: [`10.1.0.${number}/24`] },
    ],
  };
}

test.serial('a VTEP learns from what it receives, and forgets that with the paths', async (t) => {
  await withLab([vtep('h1', 1), vtep('h2', 2)], async (lab) => {
    const node = lab.node('h1');
    const entries = async () =>
      (await node.observe()).fdb.map(({ mac, destination, origin }) => [mac, destination, origin]);
    const learned = ['02:00:00:00:00:02', '192.0.2.2', 'learned'];
    const sender = await lab.node('h2').sockets.udp({ family: 'ipv4' });
    sender.send(Buffer.from('x'), '10.1.0.1', 9);
    const isLearned = async () => (await entries()).some((entry) => entry.join() === learned.join());
    for (const end = Date.now() + 5000; !(await isLearned()) && Date.now() < end; ) await delay(20);
    sender.close();
    t.true(await isLearned());
    // What the other one still has to say, say the frame after its ARP request, would be learned again.
    await byHand(lab, 'h2', 'ip link set vx0 down');
    await node.forgetPaths();
    t.deepEqual(await entries(), [[FLOOD, '192.0.2.2', 'static']]);
  });
});
