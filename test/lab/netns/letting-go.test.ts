/** Namespaces of removed nodes: held for a while, never many, and let go when somebody needs the room. */
import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { emptyNode } from '#lab/state.js';

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
