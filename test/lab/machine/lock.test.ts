import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { lendMachine } from '#lab/machine/lend.js';
import { type Locks, MachineLock, type Patience } from '#lab/machine/lock.js';
import { lockFoldersOf, openOwnFiles } from '#lab/machine/lock-folder.js';
import { holderOf, titleFor } from '#lab/machine/lock-holder.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { temporaryFolder } from '../../support/cli.js';

const never = new AbortController().signal;
/** On every Debian; flock(1) would be gone when somebody asks who it was. */
const HOLD = '$| = 1; open F, "<", "/proc/cmdline"; flock F, 2; print "held\\n"; sleep 60';
const short: Patience = { ownMs: 20, everybodysMs: 20 };

/** As another lab would open them: flock(2) belongs to the open file, so two opens in one process are two labs. */
function openFiles(t: { teardown(work: () => void): void }): Required<Pick<Locks, 'own'>> {
  const own = { lockFd: openSync('/proc/cmdline', 'r'), queueFd: openSync('/proc/filesystems', 'r') };
  t.teardown(() => {
    closeSync(own.lockFd);
    closeSync(own.queueFd);
  });
  return { own };
}

test.serial('one lab at a time holds the lock, and one that fails gives it back', async (t) => {
  const [one, other] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
  let inside = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    t.is(inside, 1);
    await delay(2);
    inside -= 1;
  };
  await t.throwsAsync(
    one.hold(() => Promise.reject(new Error('broken')), never),
    { message: 'broken' },
  );
  await Promise.all([one, other, one, other].map((lock) => lock.hold(work, never)));
});

test.serial('a lab that wants it again and again does not keep another one waiting', async (t) => {
  const [busy, patient] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
  const stop = new AbortController();
  let turns = 0;
  const always = (async () => {
    while (!stop.signal.aborted) {
      turns += 1;
      await busy.hold(() => delay(5), never);
    }
  })();
  await delay(10);
  const before = turns;
  await patient.hold(() => Promise.resolve(), never);
  t.true(turns - before <= 4, `${turns - before} turns of the other one passed first`);
  stop.abort();
  await always;
});

test.serial(
  'who is not given the lock back in time hears so, and opens a smaller window of the table instead',
  async (t) => {
    const [holder, waiter] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
    const read = () => [{ family: 'ipv4' as const, limit: 1024, entries: 0, overflows: 0 }];
    const table = new MachineNeighbourTable(waiter, read, 2048, short);
    const room = async () => (await table.window(({ ipv4 }) => Promise.resolve(ipv4), never)).value;
    await holder.hold(async () => {
      await t.throwsAsync(
        waiter.hold(() => Promise.resolve(), never, short),
        { instanceOf: HeldTooLong },
      );
      t.deepEqual([await room(), await room()], [240, 240]);
    }, never);
    t.is(await room(), 960);
  },
);

test.serial(
  "what is everybody's is waited for for a moment; then one goes on, and knows that it is not alone",
  async (t) => {
    const everybodys = (): Locks => ({ everybodys: openFiles(t).own });
    const [holder, waiter] = [new MachineLock(everybodys()), new MachineLock(everybodys())];
    const isAlone = (lock: MachineLock) => lock.hold((alone) => Promise.resolve(alone), never, short);
    await holder.hold(async () => t.false(await isAlone(waiter)), never);
    t.true(await isAlone(waiter));
  },
);

test.serial('who waits can tell for whom: process, program, whether it is stopped', async (t) => {
  const { own } = openFiles(t);
  const child = spawn('env', ['perl', '-e', HOLD], { stdio: 'pipe' });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  t.like(holderOf(own.lockFd), { pid: child.pid, program: 'perl', stopped: false });
  t.is(holderOf(own.queueFd), undefined);
  child.kill('SIGSTOP');
  const waiter = new MachineLock({ own });
  const waiting = waiter.hold(() => Promise.resolve(), never, { ownMs: 500, everybodysMs: 0 });
  while (waiter.waits.nowMs === 0) await new Promise(setImmediate);
  t.is(waiter.waits.holder?.pid, child.pid);
  const text = new RegExp(`^perl, which is no netlab,.* \\(process ${child.pid}, stopped\\) has`, 'u');
  await t.throwsAsync(waiting, { instanceOf: HeldTooLong, message: text });
  t.is(waiter.waits.holder, undefined);
});

test('the files of a user lie where he alone can open them, and are done without where somebody else has the folder', (t) => {
  const parent = temporaryFolder();
  const [own, open] = [join(parent, 'own'), join(parent, 'open')];
  mkdirSync(open);
  chmodSync(open, 0o777);
  const [fd] = openOwnFiles(['lock'], [open, own]) ?? [];
  t.teardown(() => closeSync(fd ?? -1));
  t.deepEqual(readdirSync(open), []);
  t.is(statSync(own).mode & 0o777, 0o700);
  t.is(statSync(join(own, 'lock')).mode & 0o777, 0o600);
  t.is(openOwnFiles(['lock'], [open]), undefined);
});

test.serial('all labs of a user agree about the folder, whatever their environment and their session', (t) => {
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = temporaryFolder();
  try {
    t.deepEqual(lockFoldersOf(1000), ['/tmp/netlab-locks-1000']);
    t.deepEqual(lockFoldersOf(0), ['/run/netlab-locks', '/tmp/netlab-locks-0']);
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  }
});

test.serial('a machine that cannot be lent leaves no file open', (t) => {
  const proc = temporaryFolder();
  for (const name of ['stat', 'version', 'loadavg']) writeFileSync(join(proc, name), '');
  const openFds = (): readonly string[] => readdirSync('/proc/self/fd');
  const before = openFds();
  t.throws(() => lendMachine(proc), { code: 'ENOENT', message: /uptime/u });
  t.deepEqual(openFds(), before);
});

test.serial('a long name of a lab takes away nobody’s name', async (t) => {
  const { own } = openFiles(t);
  const title = titleFor('x'.repeat(150));
  const child = spawn('env', ['perl', '-e', HOLD, title], { stdio: 'pipe' });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const holder = holderOf(own.lockFd);
  t.like(holder, { pid: child.pid, lab: 'x'.repeat(100) });
  t.is(holder?.user, userInfo().username);
});

test.serial('waiting ends when it is told to', async (t) => {
  const [holder, waiter] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
  const stop = new AbortController();
  await holder.hold(async () => {
    const waiting = waiter.hold(() => Promise.resolve(), stop.signal);
    stop.abort();
    await t.throwsAsync(waiting, { any: true, message: /aborted/u });
  }, never);
  await t.notThrowsAsync(waiter.hold(() => Promise.resolve(), never));
});

test.serial(
  'the time in which another lab has it is counted, what own users wait for one another is not',
  async (t) => {
    const [one, other] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
    const startMs = performance.now();
    const holding = one.hold(() => delay(60), never).then(() => performance.now() - startMs);
    const [first, second] = [other.hold(() => delay(400), never), other.hold(() => delay(1), never)];
    await delay(30);
    t.true(other.waits.nowMs > 5);
    t.is(one.waits.nowMs, 0);
    const [heldMs] = await Promise.all([holding, first, second]);
    t.is(other.waits.nowMs, 0);
    t.true(other.waits.totalMs > 30);
    t.true(other.waits.totalMs < heldMs + 300, `${other.waits.totalMs} of ${heldMs} ms`);
  },
);

test.serial('two labs of one process hold it together, and it is free after the last one', async (t) => {
  const one = new MachineLock(openFiles(t));
  const [beside, stranger] = [one.beside(), new MachineLock(openFiles(t))];
  const isFree = async (): Promise<boolean> => {
    const soon = AbortSignal.timeout(20);
    return await stranger.hold(() => Promise.resolve(true), soon).catch(() => false);
  };
  await one.hold(async () => {
    await beside.hold(async () => t.false(await isFree()), never);
    t.false(await isFree(), 'the first one still holds it');
  }, never);
  t.true(await isFree());
});
