import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { emptyNode, type NodeState } from '#lab/state.js';

const bridge = {
  kind: 'bridge',
  name: 'br0',
  stp: false,
  forwardDelaySeconds: 0,
  addresses: ['10.1.0.1/16', 'fd00::1/64'],
} as const;

/** A host with a bridge and containers on it, as small as it gets. */
function hostWith(...containers: string[]): NodeState[] {
  const ports = containers.map(
    (name) =>
      ({
        kind: 'veth',
        name: `veth-${name}`,
        peer: { node: name, link: 'eth0' },
        master: 'br0',
        addresses: [],
      }) as const,
  );
  const nodes = containers.map((name, index) => ({
    ...emptyNode(name, 'container', 'h1'),
    links: [
      {
        kind: 'veth',
        name: 'eth0',
        peer: { node: 'h1', link: `veth-${name}` },
        mac: `02:42:0a:01:01:0${index + 2}`,
        addresses: [`10.1.1.${index + 2}/16`],
      },
    ] as const,
    routes: [{ destination: 'default', via: '10.1.0.1' }],
  }));
  return [{ ...emptyNode('h1', 'host'), links: [bridge, ...ports], sysctls: { 'net.ipv4.ip_forward': '1' } }, ...nodes];
}

async function withStates(states: readonly NodeState[], use: (lab: NetnsLab) => Promise<void> | void): Promise<void> {
  const lab = new NetnsLab(new MachineNeighbourTable(undefined), new MachineLock(undefined));
  try {
    await lab.apply(states);
    await use(lab);
  } finally {
    await lab.remove([...lab.nodes.keys()]);
  }
}

test.serial('a node has what its state says', async (t) => {
  await withStates(hostWith('c1', 'c2'), async (lab) => {
    const host = await lab.node('h1').observe();
    t.deepEqual(
      host.links.map(({ name, kind, master, up }) => [name, kind, master, up]),
      [
        ['lo', '', undefined, true],
        ['br0', 'bridge', undefined, true],
        ['veth-c1', 'veth', 'br0', true],
        ['veth-c2', 'veth', 'br0', true],
      ],
    );
    t.deepEqual(
      host.links.find(({ name }) => name === 'br0')?.addresses.filter((address) => !address.startsWith('fe80')),
      ['10.1.0.1/16', 'fd00::1/64'],
    );
    t.is(host.links.find(({ name }) => name === 'veth-c1')?.portState, 'forwarding');
    const forward = 'net.ipv4.ip_forward';
    t.deepEqual(await lab.node('h1').sysctls([forward, 'net.ipv4.no_such']), { [forward]: '1' });
    t.deepEqual(await lab.node('c1').sysctls([forward]), { [forward]: '0' });
    t.deepEqual((await lab.node('c1').observe()).routes, [
      { destination: 'default', kind: 'unicast', protocol: 'static', via: '10.1.0.1', link: 'eth0' },
    ]);
  });
});

test.serial('a lab grows by a container and shrinks again, also after somebody has added a link by hand', async (t) => {
  await withStates(hostWith('c1'), async (lab) => {
    const host = lab.node('h1');
    await lab.apply([{ ...emptyNode('h1', 'host'), links: [{ ...bridge, name: 'byhand', addresses: [] }] }]);
    const [more, container] = hostWith('c9');
    if (more === undefined || container === undefined) throw new Error('no states');
    await lab.apply([{ ...emptyNode('h1', 'host'), links: more.links.slice(1) }, container]);
    t.true((await host.observe()).links.some(({ name, running }) => name === 'veth-c9' && running));
    await lab.remove(['c9']);
    t.false(lab.nodes.has('c9'));
    t.false((await host.observe()).links.some(({ name }) => name === 'veth-c9'));
    t.false(host.state.links.some(({ name }) => name === 'veth-c9'));
  });
});

test.serial('what cannot be applied names node and object', async (t) => {
  const apply = async (states: readonly NodeState[]): Promise<string> =>
    (await t.throwsAsync(withStates(states, () => undefined)))?.message ?? '';
  const host = emptyNode('h1', 'host');
  t.regex(await apply([{ ...host, links: [{ ...bridge, addresses: ['10.1.0.1/99'] }] }]), /10\.1\.0\.1\/99/u);
  t.regex(
    await apply([{ ...host, routes: [{ destination: 'default', via: '10.9.9.9' }] }]),
    /^h1: route default via 10\.9\.9\.9: Nexthop/u,
  );
  t.regex(
    await apply([{ ...host, sysctls: { 'net.ipv4.no_such': '1' } }]),
    /^h1: sysctl net\.ipv4\.no_such = 1 was refused/u,
  );
  t.regex(await apply([{ ...host, sysctls: { 'kernel.panic': '1' } }]), /must begin with "net\."/u);
  t.regex(await apply([{ ...host, sysctls: { 'net.../../kernel/panic': '1' } }]), /must begin with "net\."/u);
  t.regex(await apply([{ ...host, nftables: 'table ip x { bogus }' }]), /^h1: nftables ruleset was refused/u);
  t.regex(
    await apply([
      { ...host, links: [{ kind: 'veth', name: 'eth1', peer: { node: 'sw1', link: 'h1' }, addresses: [] }] },
    ]),
    /far end of eth1, h1 of sw1, is not declared/u,
  );
  t.regex(
    await apply([{ ...host, links: [{ ...bridge, master: 'br9' }] }]),
    /br0 is to be a port of br9, which is not there/u,
  );
});

test.serial('learned neighbours, paths and TCP metrics can be forgotten', async (t) => {
  await withStates(hostWith('c1', 'c2'), async (lab) => {
    const node = lab.node('c1');
    const socket = await node.sockets.udp({ family: 'ipv4' });
    socket.send(Buffer.from('x'), '10.1.1.3', 9);
    t.true((await node.observe()).neighbours.some(({ address }) => address === '10.1.1.3'));
    await node.forgetNeighbours(['10.1.1.3']);
    t.false((await node.observe()).neighbours.some(({ address }) => address === '10.1.1.3'));
    await t.notThrowsAsync(node.forgetPaths());
    socket.close();
  });
});

test.serial('every other kind of link is made, where the kernel has it', async (t) => {
  const links = [
    bridge,
    { kind: 'vxlan', name: 'vx0', vni: 42, port: 4789, local: '10.1.0.1', addresses: [] },
    { kind: 'macvlan', name: 'mv0', parent: 'br0', mode: 'bridge', addresses: [] },
  ] as const;
  const fdb = [
    { link: 'vx0', mac: '00:00:00:00:00:00', destination: '10.1.0.2' },
    { link: 'vx0', mac: '00:00:00:00:00:00', destination: '10.1.0.3' },
  ];
  await withStates([{ ...emptyNode('h1', 'host'), links, fdb }], async (lab) => {
    const { links: found } = await lab.node('h1').observe();
    const kinds = found.map(({ name, kind }) => [name, kind]);
    t.deepEqual(kinds, [
      ['lo', ''],
      ['br0', 'bridge'],
      ['vx0', 'vxlan'],
      ['mv0', 'macvlan'],
    ]);
  });
});

test.serial('a macvlan child stands on the interface of another node, and goes with its own', async (t) => {
  const child = {
    kind: 'macvlan',
    name: 'eth0',
    parent: 'br0',
    parentNode: 'h1',
    mode: 'bridge',
    addresses: [],
  } as const;
  const own = { ...child, mac: '02:00:00:00:00:07', addresses: ['10.9.0.1/24'] };
  const container = { ...emptyNode('c1', 'container', 'h1'), links: [own] };
  await withStates([{ ...emptyNode('h1', 'host'), links: [bridge] }, container], async (lab) => {
    const seen = async () => (await lab.node('c1').observe()).links.find(({ name }) => name === 'eth0');
    t.like(await seen(), { kind: 'macvlan', mac: '02:00:00:00:00:07', addresses: ['10.9.0.1/24'] });
    await lab.remove(['c1']);
    await lab.apply([container]);
    t.is((await seen())?.kind, 'macvlan', 'its MAC was free again at once');
  });
});

test.serial('listeners of others are found, with their node; own probes are not', async (t) => {
  await withStates(hostWith('c1', 'c2'), async (lab) => {
    const own = await lab.node('c1').sockets.udp({ family: 'ipv4', port: 5555 });
    const listening =
      "require('net').createServer().listen(8080, () => require('dgram').createSocket('udp6').bind(5353, () => console.log('ready')))";
    const { namespace } = lab.node('c2');
    const daemon = namespace.run(() => ({
      child: spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'inherit'] }),
    })).child;
    await once(daemon.stdout, 'data');
    t.deepEqual(await lab.listeners(), [
      { node: 'c2', socket: 'tcp/8080' },
      { node: 'c2', socket: 'udp/5353' },
    ]);
    daemon.kill('SIGKILL');
    own.close();
  });
});
