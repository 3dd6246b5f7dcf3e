import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { Waits } from '#lab/lab.js';
import type { RunEvent } from '#src/result/events.js';
import { announceWaits, limitOwnTime } from '#src/verify/waiting.js';

const LOOK_MS = 2;

function pretended(now: Waits = { totalMs: 0, nowMs: 0 }) {
  const lab = { now, waits: async (): Promise<Waits> => lab.now };
  return lab;
}

test('waiting for another lab is told after a second, and that it is over, each once', async (t) => {
  const lab = pretended();
  const told: RunEvent['type'][] = [];
  const end = announceWaits(lab, ({ type }) => told.push(type), LOOK_MS);
  for (const nowMs of [0, 900, 0, 1200, 1400, 0, 0]) {
    lab.now = { totalMs: 0, nowMs };
    await delay(20);
  }
  end();
  t.deepEqual(told, ['waiting', 'waiting-ended']);
});

test('for whom it waits is told, again when that changes', async (t) => {
  const [demo, other] = [
    { pid: 7, user: 'alice', lab: 'lab demo', program: 'node', stopped: true },
    { pid: 8, program: 'flock', stopped: false },
  ];
  const told: RunEvent[] = [];
  for (const holder of [demo, demo, other, undefined]) {
    const lab = pretended({ totalMs: 2000, nowMs: 2000, ...(holder === undefined ? {} : { holder }) });
    const end = announceWaits(lab, (event) => told.push(event), LOOK_MS);
    await delay(20);
    end();
  }
  const whom = told.flatMap((event) => (event.type === 'waiting' ? [event.text] : []));
  t.deepEqual(whom, [
    'lab demo of alice (process 7, stopped)',
    'lab demo of alice (process 7, stopped)',
    'flock, which is no netlab, (process 8)',
    'a process that cannot be seen from here',
  ]);
  const text = 'lab demo of alice (process 7, stopped)';
  t.deepEqual(told[0], { type: 'waiting', for: 'another lab', text, holder: demo });
});

test('who ends while it waits leaves no word standing', async (t) => {
  const lab = pretended({ totalMs: 2000, nowMs: 2000 });
  const told: RunEvent['type'][] = [];
  const end = announceWaits(lab, ({ type }) => told.push(type), LOOK_MS);
  await delay(20);
  end();
  t.deepEqual(told, ['waiting', 'waiting-ended']);
});

test('only own time counts against a limit', async (t) => {
  const lab = pretended();
  const startedMs = performance.now();
  const time = limitOwnTime(lab, 100, LOOK_MS);
  const waiting = setInterval(() => {
    lab.now = { totalMs: performance.now() - startedMs, nowMs: 1 };
  }, 1);
  await delay(300);
  t.false(time.signal.aborted);
  clearInterval(waiting);
  await delay(300);
  t.true(time.signal.aborted);
  time.stop();
});
