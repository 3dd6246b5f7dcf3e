import test from 'ava';
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { stagesOf } from '#lab/stages.js';
import { emptyNode, type NodeState, type ServiceState, serviceFolder } from '#lab/state.js';

const service = (name: string, argv: ServiceState['argv'], more: Partial<ServiceState> = {}): ServiceState => ({
  name,
  argv,
  ready: { kind: 'done' },
  readyTimeoutMs: 5000,
  stopGraceMs: 2000,
  ...more,
});
const bridge = { kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: [] } as const;
const tap = { kind: 'daemon', name: 'tap0', service: 'tap', addresses: [], mtuBytes: 1400, master: 'br0' } as const;

async function withLab(use: (lab: NetnsLab) => Promise<void>): Promise<void> {
  const lab = new NetnsLab(new MachineNeighbourTable(undefined), new MachineLock(undefined));
  try {
    await use(lab);
  } finally {
    await lab.remove([...lab.nodes.keys()]);
  }
}

test('what stands on a daemon’s interface comes in the second stage, all else in the first', (t) => {
  const vxlan = { kind: 'vxlan', name: 'vx0', vni: 1, udpPort: 4789, parent: 'wg0', addresses: [] } as const;
  const state: NodeState = {
    ...emptyNode('h1', 'host'),
    links: [bridge, { ...tap, name: 'wg0' }, vxlan] as unknown as NodeState['links'],
    routes: [
      { destination: '10.0.0.0/8', link: 'wg0' },
      { destination: 'default', via: '192.0.2.1', link: 'br0' },
    ],
    sysctls: { 'net.ipv4.conf.wg0.rp_filter': '0', 'net.ipv4.ip_forward': '1' },
  };
  const { early, late } = stagesOf([state, emptyNode('h2', 'host')]);
  t.deepEqual(
    early.map(({ name, links, routes }) => [name, links.map((link) => link.name), routes.length]),
    [
      ['h1', ['br0'], 1],
      ['h2', [], 0],
    ],
  );
  t.deepEqual(
    late.map(({ name, links, sysctls }) => [name, links.map((link) => link.name), Object.keys(sysctls)]),
    [['h1', ['wg0', 'vx0'], ['net.ipv4.conf.wg0.rp_filter']]],
  );
});

test.serial('an interface that a service makes becomes a port, with its MTU and its address', async (t) => {
  const make = service('tap', ['ip', 'tuntap', 'add', 'dev', 'tap0', 'mode', 'tap']);
  await withLab(async (lab) => {
    await lab.apply([{ ...emptyNode('h1', 'host'), links: [bridge, tap], services: [make] }]);
    const link = (await lab.node('h1').observe()).links.find(({ name }) => name === 'tap0');
    t.like(link, { kind: 'tun', mtuBytes: 1400, master: 'br0', up: true });
  });
});

test.serial('an interface that the service did not make is told with its name', async (t) => {
  const lazy = service('tap', ['true']);
  await withLab(async (lab) => {
    await t.throwsAsync(lab.apply([{ ...emptyNode('h1', 'host'), links: [bridge, tap], services: [lazy] }]), {
      message: 'h1: service tap was to make the interface tap0, and it is not there',
    });
  });
});

test.serial('a command that fails says what it printed', async (t) => {
  const wrong = service('setup', ['sh', '-c', 'echo no such thing >&2; exit 3']);
  await withLab(async (lab) => {
    await t.throwsAsync(lab.apply([{ ...emptyNode('h1', 'host'), services: [wrong] }]), {
      message: /h1: service setup: it .*3[\s\S]*no such thing/u,
    });
  });
});

test.serial(
  'a node that shares the network of another sees the same links, and its end does not end them',
  async (t) => {
    await withLab(async (lab) => {
      const shared = { ...emptyNode('h1c1', 'container', 'h1'), sharesNetworkOf: 'h1' };
      await lab.apply([{ ...emptyNode('h1', 'host'), links: [{ ...bridge, addresses: ['10.1.0.1/16'] }] }, shared]);
      const names = async (node: string) => (await lab.node(node).observe()).links.map(({ name }) => name);
      t.deepEqual(await names('h1c1'), await names('h1'));
      await lab.remove(['h1c1']);
      t.deepEqual(await names('h1'), ['lo', 'br0']);
    });
  },
);

test.serial('a service of a host that runs inside a container ends with the container', async (t) => {
  const client = service('client', ['sleep', '1000'], { inside: 'h1c1', ready: { kind: 'started' } });
  await withLab(async (lab) => {
    await lab.apply([{ ...emptyNode('h1', 'host'), services: [client] }, emptyNode('h1c1', 'container', 'h1')]);
    const sleeping = async () => (await lab.processes()).filter(({ command }) => command.includes('sleep'));
    t.deepEqual(
      (await sleeping()).map(({ node }) => node),
      ['h1c1'],
    );
    await lab.remove(['h1c1']);
    t.deepEqual(await sleeping(), []);
    t.deepEqual(lab.deadServices, []);
  });
});

test.serial('a lab beside another has the same names and folders of its own', async (t) => {
  const path = `${serviceFolder('h1', 'note')}/text`;
  const note = (text: string) => service('note', ['grep', '-q', text, path], { files: { [path]: text } });
  await withLab(async (lab) => {
    await lab.apply([{ ...emptyNode('h1', 'host'), services: [note('first')] }]);
    const beside = await lab.beside();
    await beside.apply([{ ...emptyNode('h1', 'host'), services: [note('second')] }]);
    await lab.apply([{ ...emptyNode('h2', 'host'), services: [service('look', ['grep', '-q', 'first', path])] }]);
    t.not(lab.node('h1').namespace.inode, beside.node('h1').namespace.inode);
    await beside.remove(['h1']);
    t.deepEqual(
      [lab, beside].map(({ nodes }) => [...nodes.keys()]),
      [['h1', 'h2'], []],
    );
  });
});
