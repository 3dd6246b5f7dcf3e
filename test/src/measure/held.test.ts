import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { takeSample } from '#src/measure/measure.js';

test('a sample that was never let on has a problem, and ends no benchmark', async (t) => {
  const kept = new HeldTooLong('lab demo of alice (process 7, stopped) has it');
  const turn = { begun: () => Promise.reject(kept), end: () => Promise.resolve() };
  const lab = { askForMachine: () => Promise.resolve(turn) } as unknown as Lab;
  const end = { node: 'h1', link: 'eth0' };
  const request = { instrument: 'rtt-idle' as const, from: end, to: end, durationMs: 1, udpRateBitsPerSecond: 0 };
  const report = await takeSample(lab, request, new AbortController().signal);
  t.deepEqual(report, { values: {}, problem: 'lab demo of alice (process 7, stopped) has it' });
});
