import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { Work } from '#lab/stray-errors.js';
import type { Check, CheckContext } from '#src/check/contract.js';
import { passed } from '#src/check/outcome.js';
import { outcomeOf } from '#src/verify/timed-check.js';

const limits = { checkMs: 30, graceMs: 2000 };

function contextOf(signal = new AbortController().signal): CheckContext {
  return {
    plan: { nodes: [] },
    lab: { waits: () => Promise.resolve({ totalMs: 0, nowMs: 0 }) },
    signal,
  } as unknown as CheckContext;
}

function checkThat(measure: Check['measure']): Check {
  return { promise: 'loop-free', title: 'pretended', sharing: 'alone', measure };
}

test('what a check found, threw, or did not find because the run was stopped', async (t) => {
  const kept = checkThat(() => Promise.resolve(passed({ summary: 'well' })));
  t.like(await outcomeOf(kept, contextOf()), { verdict: 'pass', summary: 'well' });
  const broken = checkThat(() => Promise.reject(new Error('defect')));
  const outcome = await outcomeOf(broken, contextOf());
  t.is(outcome.verdict, 'error');
  t.regex(outcome.reason ?? '', /defect/u);
  t.is((await outcomeOf(kept, contextOf(AbortSignal.abort()))).verdict, 'skip');
});

test('a check that was never let on is unverified, with what to do about it', async (t) => {
  const kept = new HeldTooLong('kept by another process', { remedy: 'End it.' });
  const outcome = await outcomeOf(
    checkThat(() => Promise.reject(kept)),
    contextOf(),
  );
  t.like(outcome, { verdict: 'skip', reason: 'kept by another process', remedy: 'End it.' });
});

test('a check that takes too long is told to stop, and is waited for', async (t) => {
  let ended = false;
  const slow = checkThat(async ({ signal }) => {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    await delay(50);
    ended = true;
    return passed({ summary: 'too late' });
  });
  const outcome = await outcomeOf(slow, contextOf(), new Work(), limits);
  t.true(ended);
  t.like(outcome, { verdict: 'error', reason: 'it did not end within 0.03 s' });
});

test('so it is when the run is stopped', async (t) => {
  const stop = new AbortController();
  let ended = false;
  const slow = checkThat(async ({ signal }) => {
    await delay(10_000, undefined, { signal }).catch(() => undefined);
    await delay(20);
    ended = true;
    throw new Error('stopped');
  });
  setTimeout(() => stop.abort(), 20);
  t.is((await outcomeOf(slow, contextOf(stop.signal), new Work(), { checkMs: 60_000, graceMs: 2000 })).verdict, 'skip');
  t.true(ended);
});

test('a check that does not heed its signal is left behind after a while', async (t) => {
  const deaf = checkThat(() => new Promise(() => undefined));
  const outcome = await outcomeOf(deaf, contextOf(), new Work(), { checkMs: 30, graceMs: 50 });
  t.is(outcome.verdict, 'error');
});

test('what has failed with another view already is not begun', async (t) => {
  const work = new Work();
  work.fail(new Error('lost'));
  let begun = false;
  const deaf = checkThat(() => {
    begun = true;
    return new Promise(() => undefined);
  });
  const outcome = await outcomeOf(deaf, contextOf(), work, { checkMs: 60_000, graceMs: 50 });
  t.is(outcome.verdict, 'error');
  t.regex(outcome.reason ?? '', /lost/u);
  t.false(begun);
});

test('a callback that fails before the first wait of a check ends it, too', async (t) => {
  const work = new Work();
  const deaf = checkThat(() => {
    work.fail(new Error('at once'));
    return new Promise(() => undefined);
  });
  const outcome = await outcomeOf(deaf, contextOf(), work, { checkMs: 60_000, graceMs: 50 });
  t.is(outcome.verdict, 'error');
  t.regex(outcome.reason ?? '', /at once/u);
});
