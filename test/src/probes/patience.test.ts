import test from 'ava';
import { untilQuiet } from '#src/probes/patience.js';

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
