/** What is asked of labs, round after round: no lab. */
import test from 'ava';
import { Recording } from '#src/bench/recording.js';
import { runRounds } from '#src/bench/rounds.js';
import { slotGroups } from '#src/bench/schedule.js';
import type { SampleReport, SampleRequest } from '#src/measure/sample.js';
import { twoTargets } from './results.js';

const RATE = 8e9;

test('in every fourth round the first one watches the idle machine, the others are told; transfers are as large as the warm-up was fast', async (t) => {
  const targets = twoTargets();
  const groups = slotGroups(targets, { instruments: ['tcp-1'], passes: ['native'] });
  const recording = new Recording(groups);
  const stop = new AbortController();
  const asked: SampleRequest[] = [];
  const sample = (request: SampleRequest): Promise<SampleReport> => {
    asked.push(request);
    if (asked.length === 18) stop.abort();
    // The very first one cannot tell, so the second one watches.
    if (asked.length === 1) return Promise.resolve({ values: {}, problem: 'iperf3: no route' });
    const { idleBusyShare = asked.length / 128 } = request;
    return Promise.resolve({ values: {}, rateBitsPerSecond: RATE, idleBusyShare });
  };
  const { rounds } = await runRounds({
    labs: new Map(targets.map(({ name }) => [name, { sample }])),
    groups,
    recording,
    seed: 1,
    budgetMs: 60_000,
    every: 1,
    udpRateBitsPerSecond: 1e6,
    stop: stop.signal,
    emit: () => undefined,
  });
  t.is(rounds, 5);
  const nobody = undefined;
  const shares = asked.map(({ idleBusyShare }) => idleBusyShare);
  const told = (by: number, times: number): readonly number[] => Array.from({ length: times }, () => by / 128);
  t.deepEqual(shares, [nobody, nobody, ...told(2, 1), nobody, ...told(4, 11), nobody, ...told(16, 2)]);
  const sizes = asked.map(({ transferBytes }) => transferBytes);
  t.deepEqual(sizes.slice(0, 3), [nobody, nobody, nobody], 'nothing is known in the warm-up');
  t.is(
    sizes.filter((size) => size === (RATE * 0.1) / 8).length,
    14,
    'who could not tell in the warm-up tells in round 1',
  );
  t.is(recording.idleBusyShare, 4 / 128, 'the warm-up does not count');
});

test('what varies little is measured in every third round, and with the rest in the warm-up', async (t) => {
  const targets = twoTargets();
  const groups = slotGroups(targets, { instruments: ['tcp-1', 'requests'], passes: ['native'] });
  const stop = new AbortController();
  const asked: string[] = [];
  const sample = ({ instrument }: SampleRequest): Promise<SampleReport> => {
    asked.push(instrument);
    if (asked.length === 30) stop.abort();
    return Promise.resolve({ values: {} });
  };
  const { rounds } = await runRounds({
    labs: new Map(targets.map(({ name }) => [name, { sample }])),
    groups,
    recording: new Recording(groups),
    seed: 1,
    budgetMs: 60_000,
    every: 3,
    udpRateBitsPerSecond: 1e6,
    stop: stop.signal,
    emit: () => undefined,
  });
  t.is(rounds, 6);
  t.is(asked.filter((one) => one === 'requests').length, 9, 'rounds 0, 3 and 6');
  t.is(asked.filter((one) => one === 'tcp-1').length, 21);
});
