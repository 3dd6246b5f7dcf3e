import test from 'ava';
import { timeUntil, untilQuiet } from '#src/probes/patience.js';

const { signal } = new AbortController();

test('what arrived while netlab itself stood still was not silence', async (t) => {
  let count = 0;
  const standStill = (): void => {
    const endMs = performance.now() + 150;
    while (performance.now() < endMs) continue;
    // What came meanwhile is read a few turns of the event loop later.
    setImmediate(() => setImmediate(() => (count += 1)));
  };
  setImmediate(standStill);
  await untilQuiet(() => count, { quietMs: 40, limitMs: 1_000 }, signal);
  t.is(count, 1);
});

test('silence ends the wait, a word ends it at once, and noise does not go on for ever', async (t) => {
  await untilQuiet(() => 0, { quietMs: 20, limitMs: 10_000 }, signal);
  await untilQuiet(
    () => 0,
    { quietMs: 10_000, limitMs: 10_000 },
    signal,
    () => true,
  );
  let count = 0;
  await untilQuiet(() => (count += 1), { quietMs: 20, limitMs: 60 }, signal);
  t.true(count > 1);
});

test('asking again until it is so: how long that took; undefined beyond the limit; ended by the signal', async (t) => {
  let asked = 0;
  const times = { pauseMs: 1, limitMs: 60_000 };
  const tookMs = await timeUntil(() => Promise.resolve(++asked === 3), times, signal);
  t.is(asked, 3);
  t.true(tookMs !== undefined && tookMs >= 0);
  t.is(await timeUntil(() => Promise.resolve(false), { pauseMs: 1, limitMs: 0 }, signal), undefined);
  const never = timeUntil(() => Promise.resolve(false), times, AbortSignal.abort());
  await t.throwsAsync(never, { name: 'AbortError' });
});
