import { readlinkSync } from 'node:fs';
import { findLeftovers, proveClean } from '#lab/machine/leaks.js';
import { snapshotMachine } from '#lab/machine/snapshot.js';
import { type Child, spawnIn } from '#lab/process.js';
import test, { type ExecutionContext } from 'ava';
import { isolated } from './isolated.js';

const inodeOf = (pid: number, type: string): number => Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/${type}`))?.[0]);

let marks = 0;
const newMark = (): string => `test-${process.pid}-${(marks += 1)}`;

/** A child in new namespaces that says when it is there; killed at the end of the test. */
async function leftover(t: ExecutionContext, argv: readonly [string, ...string[]], mark?: string): Promise<Child> {
  const child = await spawnIn(undefined, argv, mark === undefined ? {} : { environment: { NETLAB_MARK: mark } });
  t.teardown(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

const waiting = ['sh', '-c', 'echo there; exec sleep 60'] as const;
const inNamespaces = ['unshare', '--user', '--map-root-user', '--net', '--mount', ...waiting] as const;

test('a process with the mark is found, by its name', async (t) => {
  const mark = newMark();
  const child = await leftover(t, waiting, mark);
  t.deepEqual(findLeftovers({ mark, namespaceInodes: [] }), [`process ${child.pid} (sleep) still runs`]);
  t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes: [] }), []);
});

test('a process without the mark that lives in a namespace of the lab is found', async (t) => {
  const child = await leftover(t, inNamespaces);
  const namespaceInodes = [inodeOf(child.pid, 'net'), inodeOf(child.pid, 'mnt')];
  const found = findLeftovers({ mark: newMark(), namespaceInodes });
  t.deepEqual(found, [`process ${child.pid} (sleep) lives in the lab's mnt, net namespace`]);
});

test('what another lab has is not ours, also when it got the inode that was ours', async (t) => {
  const child = await leftover(t, inNamespaces, newMark());
  t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes: [inodeOf(child.pid, 'net')] }), []);
});

test('a descriptor of a namespace in another process is found', async (t) => {
  const owner = await leftover(t, inNamespaces, newMark());
  const holder = await leftover(t, ['sh', '-c', `exec 7< /proc/${owner.pid}/ns/net; echo there; exec sleep 60`]);
  const inode = inodeOf(owner.pid, 'net');
  t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes: [inode] }), [
    `process ${holder.pid} (sleep) holds the namespace net:[${inode}] open`,
  ]);
});

test('a namespace that is mounted is found, and a mount whose path has the mark', async (t) => {
  const mark = newMark();
  const found = await isolated<string[]>(`
    import { mkdirSync, statSync, writeFileSync } from 'node:fs';
    import { findLeftovers } from '#lab/machine/leaks.js';
    import { runTool } from '#lab/process.js';
    await runTool(['mount', '-t', 'tmpfs', 'none', '/mnt'], { timeoutMs: 5000 });
    mkdirSync('/mnt/${mark}');
    await runTool(['mount', '-t', 'tmpfs', 'none', '/mnt/${mark}'], { timeoutMs: 5000 });
    writeFileSync('/mnt/ns', '');
    await runTool(['unshare', '--net', 'sh', '-c', 'mount --bind /proc/self/ns/net /mnt/ns'], { timeoutMs: 5000 });
    give(findLeftovers({ mark: '${mark}', namespaceInodes: [statSync('/mnt/ns').ino] }));
  `);
  t.is(found.length, 2);
  t.regex(found.join('\n'), new RegExp(`mount /mnt/${mark} is left in the mount namespace of process 1`));
  t.regex(found.join('\n'), /mount \/mnt\/ns is left/);
});

test('the proof waits for what goes, and says how long', async (t) => {
  const mark = newMark();
  const before = await snapshotMachine();
  const child = await leftover(t, waiting, mark);
  const startMs = performance.now();
  const proving = proveClean({ mark, namespaceInodes: [], before, deadlineMs: 60_000 });
  // Its first look, which is made at once, has found the child.
  child.kill('SIGKILL');
  const proof = await proving;
  t.deepEqual(proof.leftovers, []);
  t.true(proof.verified, proof.machineChanges.join('\n'));
  t.true(proof.waitedMs > 0 && proof.waitedMs <= Math.ceil(performance.now() - startMs), `${proof.waitedMs} ms`);
  t.true(proof.compared.includes('routes of all tables'));
});

test('the proof fails at its deadline and names what is left', async (t) => {
  const mark = newMark();
  const before = await snapshotMachine();
  const child = await leftover(t, waiting, mark);
  const proof = await proveClean({
    mark,
    namespaceInodes: [],
    before,
    deadlineMs: 100,
  });
  t.false(proof.verified);
  t.deepEqual(proof.leftovers, [`process ${child.pid} (sleep) still runs`]);
});

test('the proof fails when the machine has another link than before', async (t) => {
  const proof = await isolated<{ verified: boolean; machineChanges: string[] }>(`
    import { proveClean } from '#lab/machine/leaks.js';
    import { snapshotMachine } from '#lab/machine/snapshot.js';
    import { runTool } from '#lab/process.js';
    const before = await snapshotMachine();
    await runTool(['ip', 'link', 'add', 'left0', 'type', 'bridge'], { timeoutMs: 5000 });
    give(await proveClean({ mark: 'm', namespaceInodes: [], before, deadlineMs: 50 }));
  `);
  t.false(proof.verified);
  t.true(proof.machineChanges.includes('link left0 is new'), proof.machineChanges.join('\n'));
});

test("the machine's own namespaces are never the lab's", (t) => {
  const namespaceInodes = [inodeOf(process.pid, 'net'), inodeOf(process.pid, 'time')];
  t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes }), []);
});

test('processes that come and go during the look are no error', async (t) => {
  await leftover(t, ['sh', '-c', 'echo there; while :; do /bin/true & /bin/true; done']);
  for (let look = 0; look < 50; look += 1) t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes: [1] }), []);
});
