import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { MachineLock } from '#lab/machine/lock.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';
import { NetnsLab } from '#lab/netns/netns-lab.js';
import { exclusively } from '#lab/turns.js';
import { ifAlone, takeSample } from '#src/measure/measure.js';
import { doubtOf } from '#src/promises/throughput/throughput.js';

const never = new AbortController().signal;

const end = { node: 'h1', link: 'eth0' };
const request = { instrument: 'rtt-idle' as const, from: end, to: end, durationMs: 1, udpRateBitsPerSecond: 0 };

test('what is measured beside another user’s measurement is told to nobody as measured', async (t) => {
  const table = new MachineNeighbourTable(new MachineLock(undefined));
  const beside = { hold: (work: (isAlone: boolean) => Promise<void>) => work(false) } as unknown as MachineLock;
  const real = new NetnsLab(table, beside);
  t.false(await exclusively(real, (isAlone) => Promise.resolve(isAlone), never));
  t.regex(doubtOf({ lagMs: 0, isAlone: false }) ?? '', /another user's lab measured at the same time/u);
  t.is(doubtOf({ lagMs: 0, isAlone: true }), undefined);
  const report = { values: { rttIdleP50Ms: 1 }, roundTripsMs: [1] };
  t.deepEqual(ifAlone(true, report), report);
  const { values, problem, ...rest } = ifAlone(false, report);
  t.deepEqual([values, rest], [{}, {}]);
  t.regex(problem ?? '', /another user's lab measured meanwhile/u);
});

test('a sample that was never let on has a problem, and ends no benchmark', async (t) => {
  const kept = new HeldTooLong('lab demo of alice (process 7, stopped) has it');
  const turn = { begun: () => Promise.reject(kept), end: () => Promise.resolve() };
  const lab = { askForMachine: () => Promise.resolve(turn) } as unknown as Lab;
  const { waitedMs = -1, ...report } = await takeSample(lab, request, never);
  t.deepEqual(report, { values: {}, problem: 'lab demo of alice (process 7, stopped) has it' });
  t.true(waitedMs >= 0, 'waiting is no part of a budget');
});
