import test from 'ava';
import type { RunEvent } from '#src/result/events.js';
import { oneVoice } from '#src/run/one-voice.js';

const waiting = (text: string): RunEvent => ({ type: 'waiting', for: 'another lab', text });
const over: RunEvent = { type: 'waiting-ended' };

test('what two requests wait for at the same time is told once, and is over when it is for both', (t) => {
  const told: string[] = [];
  const hears = oneVoice((event) => told.push('text' in event ? event.text : event.type));
  const [one, other] = [hears(), hears()];
  for (const tell of [one, other]) tell(waiting('demo'));
  one(over);
  t.deepEqual(told, ['demo']);
  other(waiting('look'));
  one(waiting('look'));
  other(over);
  one(over);
  one({ type: 'check-started', promise: 'no-nat' });
  t.deepEqual(told, ['demo', 'look', 'waiting-ended', 'check-started']);
});

test('who still waits is told again when another wait is over', (t) => {
  const told: string[] = [];
  const hears = oneVoice((event) => told.push('text' in event ? event.text : event.type));
  const [one, other] = [hears(), hears()];
  one(waiting('demo'));
  other(waiting('recovery'));
  other(over);
  one(over);
  t.deepEqual(told, ['demo', 'recovery', 'demo', 'waiting-ended']);
});
