import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { type LockFiles, MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';

const never = new AbortController().signal;

/** As another lab would open them: flock(2) belongs to the open file, so two opens in one process are two labs. */
function openFiles(t: { teardown(work: () => void): void }): LockFiles {
  const files = { lockFd: openSync('/proc/cmdline', 'r'), queueFd: openSync('/proc/filesystems', 'r') };
  t.teardown(() => {
    closeSync(files.lockFd);
    closeSync(files.queueFd);
  });
  return files;
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
    const table = new MachineNeighbourTable(waiter, read, 2048, 20);
    const room = async () => (await table.window(({ ipv4 }) => Promise.resolve(ipv4), never)).value;
    await holder.hold(async () => {
      await t.throwsAsync(
        waiter.hold(() => Promise.resolve(), never, 20),
        { instanceOf: HeldTooLong },
      );
      t.deepEqual([await room(), await room()], [240, 240]);
    }, never);
    t.is(await room(), 960);
  },
);

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
