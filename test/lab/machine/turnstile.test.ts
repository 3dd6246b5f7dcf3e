import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { MachineLock, type Patience } from '#lab/machine/lock.js';
import { holderOf, titleFor } from '#lab/machine/lock-holder.js';
import { describeHolder } from '#lab/waits.js';
import { held, inheritedLock, lockPath, never, nextLab, openFiles, otherLab } from './other-labs.js';

test.serial(
  'each lab of this user that has the lock is waited for anew: a queue that moves is no stuck one',
  async (t) => {
    const { own } = openFiles(t);
    const patience: Patience = { ownMs: 1_500, everybodysMs: 0 };
    const first = await otherLab(t);
    const second = await nextLab(t);
    const waiter = new MachineLock({ own });
    const waiting = waiter.hold(() => Promise.resolve('given'), never, patience);
    while (waiter.waits.nowMs < patience.ownMs / 2) await delay(5);
    first.kill('SIGKILL');
    await held(second);
    while (waiter.waits.nowMs > 0 && waiter.waits.nowMs < patience.ownMs + 100) await delay(5);
    second.kill('SIGKILL');
    t.is(await waiting, 'given');
  },
);

test.serial('who was waited for in vain is not waited for again; another one is', async (t) => {
  const { own } = openFiles(t);
  const waiter = new MachineLock({ own });
  const ask = async (ownMs: number) =>
    await waiter.hold(() => Promise.resolve('given'), never, { ownMs, everybodysMs: 0 });
  const stuck = await otherLab(t);
  await t.throwsAsync(ask(20), { instanceOf: HeldTooLong });
  const startMs = performance.now();
  await t.throwsAsync(ask(60_000), { instanceOf: HeldTooLong });
  t.true(performance.now() - startMs < 30_000);
  stuck.kill('SIGKILL');
  await once(stuck, 'exit');
  const healthy = await otherLab(t);
  const waiting = ask(60_000);
  while (waiter.waits.holder?.pid !== healthy.pid) await delay(1);
  healthy.kill('SIGKILL');
  t.is(await waiting, 'given');
});

test.serial('who waits can tell for whom: process, program, whether it is stopped', async (t) => {
  const { own } = openFiles(t);
  const child = await otherLab(t);
  t.like(holderOf(own.lockFd), { pid: child.pid, program: 'perl', stopped: false });
  t.is(holderOf(own.queueFd), undefined);
  child.kill('SIGSTOP');
  const waiter = new MachineLock({ own });
  const waiting = waiter.hold(() => Promise.resolve(), never, { ownMs: 1_500, everybodysMs: 0 });
  while (waiter.waits.holder?.pid !== child.pid) await delay(1);
  const text = new RegExp(`^perl, which is no netlab,.* \\(process ${child.pid}, stopped\\) has`, 'u');
  await t.throwsAsync(waiting, { instanceOf: HeldTooLong, message: text });
  t.is(waiter.waits.holder, undefined);
});

test.serial(
  'who is let on soon does not look who has it, however often that is asked; who waits for longer does',
  async (t) => {
    let looks = 0;
    const look = (fd: number) => {
      looks += 1;
      return holderOf(fd);
    };
    for (const mostMs of [20, Number.POSITIVE_INFINITY]) {
      const child = await otherLab(t);
      const waiter = new MachineLock(openFiles(t), look);
      const waiting = waiter.hold(() => Promise.resolve('given'), never, { ownMs: 60_000, everybodysMs: 0 });
      while (waiter.waits.nowMs < mostMs && waiter.waits.holder === undefined) await delay(1);
      child.kill('SIGKILL');
      t.is(await waiting, 'given');
      if (Number.isFinite(mostMs)) t.is(looks, 0);
    }
    t.true(looks > 0);
  },
);

test.serial(
  'who has inherited the lock from a process that has ended is named; where one may not look, that is said',
  async (t) => {
    const { own } = openFiles(t);
    const { parent, heir } = await inheritedLock(t);
    t.like(holderOf(own.lockFd), { pid: heir, program: 'perl', stopped: false });
    process.kill(heir, 'SIGSTOP');
    while (holderOf(own.lockFd)?.stopped !== true) await delay(1);
    const waiter = new MachineLock({ own });
    const message = new RegExp(`^perl, which is no netlab,.* \\(process ${heir}, stopped\\) has`, 'u');
    await t.throwsAsync(
      waiter.hold(() => Promise.resolve(), never, { ownMs: 50, everybodysMs: 0 }),
      { message },
    );
    const seen = asNobody(() => holderOf(own.lockFd));
    // Only root can be somebody else for a moment.
    if (seen === undefined || seen.pid === heir) return;
    t.deepEqual(seen, { pid: parent, stopped: false, ended: true });
    t.is(
      describeHolder(seen),
      `a process that cannot be seen from here (it has inherited that from process ${parent}, which has ended)`,
    );
  },
);

test.serial('a process that only opened what another one has locked is not taken for it', async (t) => {
  const { own } = openFiles(t);
  const reader = spawn('env', ['perl', '-e', 'open F, "<", shift; $| = 1; print "open\\n"; sleep 60', lockPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => reader.kill('SIGKILL'));
  await held(reader);
  const { heir } = await inheritedLock(t);
  t.is(holderOf(own.lockFd)?.pid, heir);
});

/** What an ordinary user sees; as whoever runs the tests where that is not root. */
function asNobody<T>(look: () => T): T {
  if (process.getuid?.() !== 0) return look();
  process.seteuid?.(65_534);
  try {
    return look();
  } finally {
    process.seteuid?.(0);
  }
}

test.serial('a long name of a lab takes away nobody’s name', async (t) => {
  const { own } = openFiles(t);
  const title = titleFor('x'.repeat(150));
  const child = await otherLab(t, title);
  const holder = holderOf(own.lockFd);
  t.like(holder, { pid: child.pid, lab: 'x'.repeat(100) });
  t.is(holder?.user, userInfo().username);
});
