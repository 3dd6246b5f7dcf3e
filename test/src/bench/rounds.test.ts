/** What is asked of labs, round after round: no lab. */
import test from 'ava';
import { Recording } from '#src/bench/recording.js';
import { runRounds } from '#src/bench/rounds.js';
import { slotGroups } from '#src/bench/schedule.js';
import type { SampleReport, SampleRequest } from '#src/measure/sample.js';
import { twoTargets } from './results.js';

const RATE = 8e9;

test('in each group the first one watches the idle machine, the others are told; transfers are as large as the warm-up was fast', async (t) => {
  const targets = twoTargets();
  const groups = slotGroups(targets, { instruments: ['tcp-1'], passes: ['native'] });
  const recording = new Recording(groups);
  const stop = new AbortController();
  const asked: SampleRequest[] = [];
  const sample = (request: SampleRequest): Promise<SampleReport> => {
    asked.push(request);
    if (asked.length === 9) stop.abort();
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
    udpRateBitsPerSecond: 1e6,
    stop: stop.signal,
    emit: () => undefined,
  });
  t.is(rounds, 2);
  const nobody = undefined;
  const shares = asked.map(({ idleBusyShare }) => idleBusyShare);
  t.deepEqual(shares, [nobody, nobody, 2 / 128, nobody, 4 / 128, 4 / 128, nobody, 7 / 128, 7 / 128]);
  const sizes = asked.map(({ transferBytes }) => transferBytes);
  t.deepEqual(sizes.slice(0, 3), [nobody, nobody, nobody], 'nothing is known in the warm-up');
  t.is(
    sizes.filter((size) => size === (RATE * 0.2) / 8).length,
    5,
    'who could not tell in the warm-up tells in round 1',
  );
  t.is(recording.idleBusyShare, 5.5 / 128, 'the warm-up does not count');
});
