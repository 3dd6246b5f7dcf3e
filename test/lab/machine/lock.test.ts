import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { type Locks, MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { never, openFiles, short } from './other-labs.js';

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

test.serial('who goes on without the lock opens one window at a time all the same', async (t) => {
  const [holder, waiter] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
  const read = () => [{ family: 'ipv4' as const, limit: 1024, entries: 0, overflows: 0 }];
  const table = new MachineNeighbourTable(waiter, read, 2048, short);
  let open = 0;
  const window = async (): Promise<void> => {
    open += 1;
    t.is(open, 1);
    await delay(5);
    open -= 1;
  };
  await holder.hold(async () => {
    await Promise.all([1, 2, 3].map(() => table.window(window, never)));
    const late = table.beside().window(({ ipv4 }) => Promise.resolve(ipv4), never);
    t.is((await late).value, 16, 'as patient as the lab that it is beside');
  }, never);
});

test.serial('who opens a window without the lock hears of its own failure, once', async (t) => {
  const [holder, waiter] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
  let runs = 0;
  const work = async (): Promise<never> => {
    runs += 1;
    throw new HeldTooLong('another lock');
  };
  await t.throwsAsync(waiter.holdIfGiven(work, never, short), { message: 'another lock' });
  await holder.hold(() => t.throwsAsync(waiter.holdIfGiven(work, never, short), { message: 'another lock' }), never);
  t.is(runs, 2);
});

test.serial('who waits for the same process to lock ends waiting when it is told to', async (t) => {
  const [holder, one] = [new MachineLock(openFiles(t)), new MachineLock(openFiles(t))];
  const [stop, stopOther] = [new AbortController(), new AbortController()];
  await holder.hold(async () => {
    const first = one.hold(() => Promise.resolve(), stop.signal);
    const second = one.beside().hold(() => Promise.resolve(), stopOther.signal);
    while (one.waits.nowMs === 0) await delay(1);
    stopOther.abort(new Error('enough'));
    await t.throwsAsync(second, { message: 'enough' });
    stop.abort(new Error('enough, too'));
    await t.throwsAsync(first, { message: 'enough, too' });
  }, never);
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
