import test from 'ava';
import fc from 'fast-check';
import { namesOfShard } from '#src/result/comparison.js';
import { comparisonExitCode } from '#src/result/exit-code.js';
import type { RunResult } from '#src/result/result.js';
import { comparison, flat, lacking, leaking, runsOf } from '../report/comparisons.js';
import { interrupted, promise, run } from '../report/fixtures.js';

const ends = (exitCode: number, index = 0): RunResult => ({ ...flat, scenario: `s${exitCode}-${index}`, exitCode });

const exitsWith = test.macro({
  exec(t, runs: readonly RunResult[], code: number, changes: Parameters<typeof comparison>[0] = {}) {
    const named = runsOf(...runs);
    const planned = named.map(({ name }) => name);
    t.is(comparisonExitCode({ planned, skipMissing: false, ...changes, runs: named }), code);
  },
  title: (given, _runs, code) => `exit ${String(code)}: ${given ?? ''}`,
});

test('all kept', exitsWith, [ends(0), ends(0, 1)], 0);
test('one is broken', exitsWith, [ends(0), ends(1), ends(4)], 1);
test('one failed', exitsWith, [ends(1), ends(3), ends(4), ends(0)], 3);
test('wrong usage before all', exitsWith, [ends(1), ends(2), ends(3)], 2);
test('inconclusive only where all else is well', exitsWith, [ends(4), ends(0)], 4);
test('what cannot be built is a failure', exitsWith, [flat, lacking], 3);
test('and with --skip-missing does not count', exitsWith, [flat, lacking], 0, { skipMissing: true });
test('but a broken one does', exitsWith, [ends(1), lacking], 1, { skipMissing: true });
test('nothing at all could be built', exitsWith, [lacking], 4, { skipMissing: true });
test('stopped', exitsWith, [ends(1), interrupted], 130);
test('stopped, and something is left', exitsWith, [{ ...leaking, exitCode: 3 }, interrupted], 3);
test('a shard is missing', exitsWith, [flat], 3, { planned: ['flat', 'other'] });
test('the others are in another shard', exitsWith, [flat], 0, {
  planned: ['flat', 'other'],
  shard: { index: 1, total: 2 },
});
test('nothing is left for this shard', exitsWith, [], 0, { planned: ['flat'], shard: { index: 2, total: 2 } });
test('no run at all', exitsWith, [], 4);

test('a comparison is complete when every run is, and none is missing', (t) => {
  t.true(comparison({ runs: runsOf(flat, lacking) }).complete);
  t.false(comparison({ runs: runsOf(flat, interrupted) }).complete);
  t.false(comparison({ runs: runsOf(flat), planned: ['flat', 'other'] }).complete);
  t.true(comparison({ runs: runsOf(run([promise('egress')])) }).complete);
});

test('shards are a partition of the names, in order, and as even as can be', (t) => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 12 }), (planned, total) => {
      const shards = Array.from({ length: total }, (_, index) => namesOfShard(planned, { index: index + 1, total }));
      const sizes = shards.map((shard) => shard.length);
      t.deepEqual(shards.flat().toSorted(), planned.toSorted());
      t.true(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});
