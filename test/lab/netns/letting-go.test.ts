/** Namespaces of removed nodes: held for a while, never many, and let go when somebody needs the room. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { emptyNode, type NodeState } from '#lab/state.js';

/** What a process that may have many files open holds. */
const MOST_HELD = 256;
const NODES = 100;
/** Far longer than they are held. */
const GONE_LIMIT_MS = 30_000;

const freshLab = (): NetnsLab => new NetnsLab(new MachineNeighbourTable(undefined), new MachineLock(undefined));
const states = (count: number) => Array.from({ length: count }, (_, i) => emptyNode(`n${i}`, 'outsider'));

function openNamespaces(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith('net:') ? [target] : [];
    } catch {
      return [];
    }
  });
}

test.serial('removed nodes are let go together, after a while, and never are many held', async (t) => {
  const before = openNamespaces().length;
  const lab = freshLab();
  for (let round = 0; round < 4; round += 1) {
    await lab.apply(states(NODES));
    await lab.remove([...lab.nodes.keys()]);
    const held = openNamespaces().length - before;
    t.true(held < MOST_HELD, `${held}`);
    if (round === 0) t.is(held, NODES);
  }
  const untilMs = performance.now() + GONE_LIMIT_MS;
  while (openNamespaces().length > before && performance.now() < untilMs) await delay(50);
  t.is(openNamespaces().length, before);
});

/** A switch with two cables to the other one, and no spanning tree. */
function looped(name: string, other: string, address: string): NodeState {
  const cables = ['x', 'y'].map(
    (link) => ({ kind: 'veth', name: link, peer: { node: other, link }, master: 'br0', addresses: [] }) as const,
  );
  const bridge = { kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: [address] } as const;
  return { ...emptyNode(name, 'switch'), links: [bridge, ...cables] };
}

test.serial('what goes round between removed nodes ends with them', async (t) => {
  const lab = freshLab();
  await lab.apply([looped('a', 'b', '10.0.0.1/24'), looped('b', 'a', '10.0.0.2/24')]);
  const { namespace, sockets } = lab.node('a');
  const received = (): number =>
    Number(namespace.run(() => /^ *x: *\d+ +(\d+)/mu.exec(readFileSync('/proc/thread-self/net/dev', 'latin1'))?.[1]));
  const socket = await sockets.udp({ family: 'ipv4' });
  socket.send(Buffer.from('round'), '10.0.0.255', 9);
  const before = received();
  while (received() < before + 1000) await delay(1);
  await lab.remove(['a', 'b']);
  const after = received();
  await delay(50);
  // What was on its way still arrives.
  t.true(received() - after < 100, `${received() - after}`);
});

/** Without a bridge, whose end takes its entries along. */
function cabled(name: string, other: string, address: string): NodeState {
  const cable = { kind: 'veth', name: 'eth0', peer: { node: other, link: 'eth0' }, addresses: [address] } as const;
  return { ...emptyNode(name, 'outsider'), links: [cable] };
}

test.serial('what is held fills no neighbour table', async (t) => {
  const lab = freshLab();
  await lab.apply([cabled('a', 'b', '10.0.0.1/24'), cabled('b', 'a', '10.0.0.2/24')]);
  const { namespace, sockets } = lab.node('a');
  const neighbours = (): string => namespace.run(() => readFileSync('/proc/thread-self/net/arp', 'latin1'));
  const socket = await sockets.udp({ family: 'ipv4' });
  socket.send(Buffer.from('learn'), '10.0.0.2', 9);
  while (!neighbours().includes('10.0.0.2')) await delay(1);
  await lab.remove(['a', 'b']);
  t.false(neighbours().includes('10.0.0.2'));
});

/** One that may have 4 namespaces beside its own makes 3, removes them, and makes 3 more; 5 at one time it may not. */
const script = `
  import { writeFileSync } from 'node:fs';
  import { MachineLock } from '#lab/machine/lock.js';
  import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
  import { NetnsLab } from '#lab/netns/netns-lab.js';
  import { emptyNode } from '#lab/state.js';
  writeFileSync('/proc/sys/user/max_net_namespaces', '5');
  const lab = new NetnsLab(new MachineNeighbourTable(undefined), new MachineLock(undefined));
  const states = (count) => Array.from({ length: count }, (_, i) => emptyNode('n' + i, 'outsider'));
  for (let round = 0; round < 3; round += 1) {
    await lab.apply(states(3));
    await lab.remove([...lab.nodes.keys()]);
  }
  console.log('made three times');
  await lab.apply(states(5)).catch((error) => console.log(error.message));
`;

test.serial('where a user has as many as allowed, what is held makes room', async (t) => {
  const own = ['--user', '--map-root-user', '--net', '--mount'];
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)('unshare', [...own, ...node]);
  t.deepEqual(stdout.trim().split('\n'), [
    'made three times',
    'no more network namespaces can be made: this user has as many as user.max_net_namespaces allows',
  ]);
});
