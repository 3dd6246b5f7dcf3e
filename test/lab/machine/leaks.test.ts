import { readlinkSync } from 'node:fs';
import { HeldNamespaces } from '#lab/machine/held-namespaces.js';
import { type LeakProof, proveClean } from '#lab/machine/leaks.js';
import { findLeftovers } from '#lab/machine/leftovers.js';
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
    import { findLeftovers } from '#lab/machine/leftovers.js';
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
  const proving = proveClean({ mark, nodes: [], before, deadlineMs: 60_000 });
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
    nodes: [],
    before,
    deadlineMs: 100,
  });
  t.false(proof.verified);
  t.deepEqual(proof.leftovers, [`process ${child.pid} (sleep) still runs`]);
});

/** What the proof of a lab with a bridge `br0` and a cable `eth0` says of what these commands do to its machine. */
const provenAfter = (commands: string): Promise<LeakProof> =>
  isolated<LeakProof>(`
    import { proveClean } from '#lab/machine/leaks.js';
    import { snapshotMachine } from '#lab/machine/snapshot.js';
    import { runTool } from '#lab/process.js';
    const br0 = { kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: ['10.1.1.1/16'] };
    const eth0 = { kind: 'veth', name: 'eth0', peer: { node: 'h1', link: 'c1' }, mac: '02:42:0a:01:01:02', addresses: [] };
    const before = await snapshotMachine();
    await runTool(['sh', '-ec', ${JSON.stringify(commands)}], { timeoutMs: 5000 });
    give(await proveClean({ mark: 'proven-after', nodes: [{ links: [br0, eth0] }], before, deadlineMs: 50 }));
  `);

const ofTheLab: readonly (readonly [title: string, commands: string, line: string])[] = [
  ['its bridge, by its address', 'ip link add br0 type bridge; ip address add 10.1.1.1/16 dev br0', 'link br0 is new'],
  ['its cable, by its MAC', 'ip link add eth0 address 02:42:0a:01:01:02 type veth peer name x', 'link eth0 is new'],
  [
    'an address of its own',
    'ip link add br0 up type bridge; ip a add 10.1.1.1/16 dev br0',
    'address 10.1.1.1/16 on br0 is new',
  ],
];

for (const [title, commands, line] of ofTheLab)
  test(`the proof fails when the lab has made on the machine ${title}`, async (t) => {
    const proof = await provenAfter(commands);
    t.false(proof.verified);
    t.true(proof.machineChanges.includes(line), proof.machineChanges.join('\n'));
  });

test("the proof tells of what others have changed of the machine's network, and does not wait for it to go", async (t) => {
  const proof = await provenAfter(
    'ip link add br0 type bridge; ip link add vethab12 up type veth peer name y; ip a add 172.17.0.1/16 dev vethab12; sysctl -qw net.ipv4.ip_forward=1; nft add table ip docker',
  );
  t.true(proof.verified, proof.machineChanges.join('\n'));
  t.deepEqual(proof.machineChanges, []);
  for (const line of [
    'link br0 is new',
    'address 172.17.0.1/16 on vethab12 is new',
    'sysctl net.ipv4.ip_forward changed from "0" to "1"',
  ])
    t.true(proof.otherChanges?.includes(line), line);
});

test('an inode number that somebody else has been given since is not the lab, because none of its own is free meanwhile', async (t) => {
  const mark = newMark();
  const before = await snapshotMachine();
  const lab = await leftover(t, inNamespaces, mark);
  const held = new HeldNamespaces(mark);
  t.true(held.inodes.has(inodeOf(lab.pid, 'net')) && held.inodes.has(inodeOf(lab.pid, 'mnt')));
  lab.kill('SIGKILL');
  const strangers = Array.from({ length: 40 }, () => leftover(t, inNamespaces));
  for (const { pid } of await Promise.all(strangers)) t.false(held.inodes.has(inodeOf(pid, 'net')));
  const proof = await proveClean({ mark, held, nodes: [], before, deadlineMs: 60_000 });
  t.deepEqual(proof.leftovers, []);
  t.true(proof.compared.includes('its namespaces and what holds them'));
});

test('a node that only a descriptor of process 1 names is held, too, and two proofs of one lab do not wait for each other', async (t) => {
  const mark = newMark();
  const before = await snapshotMachine();
  const owner = await leftover(t, inNamespaces);
  const lab = await leftover(t, ['sh', '-c', `exec 7< /proc/${owner.pid}/ns/net; echo there; exec sleep 60`], mark);
  const held = new HeldNamespaces(mark);
  const inode = inodeOf(owner.pid, 'net');
  t.deepEqual([...held.inodes], [inode]);
  const other = `
    import { HeldNamespaces } from '#lab/machine/held-namespaces.js';
    const held = new HeldNamespaces('${mark}');
    console.log('there', held.inodes.size);
    setTimeout(() => undefined, 60_000);`;
  await leftover(t, [process.execPath, '--input-type=module', '-e', other]);
  for (const { kill } of [lab, owner].map((child) => ({ kill: () => child.kill('SIGKILL') }))) kill();
  t.deepEqual((await proveClean({ mark, held, nodes: [], before, deadlineMs: 60_000 })).leftovers, []);
});

test("the machine's own namespaces are never the lab's", (t) => {
  const namespaceInodes = [inodeOf(process.pid, 'net'), inodeOf(process.pid, 'time')];
  t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes }), []);
});

test('processes that come and go during the look are no error', async (t) => {
  await leftover(t, ['sh', '-c', 'echo there; while :; do /bin/true & /bin/true; done']);
  for (let look = 0; look < 50; look += 1) t.deepEqual(findLeftovers({ mark: newMark(), namespaceInodes: [1] }), []);
});
