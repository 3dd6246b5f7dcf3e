/** A benchmark beside the lock of another user, who may have it for whatever reason: see held-measurement-inside.ts. */
import test from 'ava';
import type { BenchResult } from '#src/result/bench.js';
import { insideOf, ROOT } from '../run/machine-of-its-own-from-outside.js';

interface Said {
  readonly foreign: number;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly result: BenchResult;
}

test('who measures beside another user waits for a moment, tells for whom, and claims nothing of what was measured then', async (t) => {
  const [line = ''] = await insideOf(new URL('held-measurement-inside.ts', import.meta.url));
  const { foreign, exitCode, stdout, stderr, result } = JSON.parse(line) as Said;
  const whom = `perl, which is no netlab,${ROOT ? ' of nobody' : '.*'} \\(process ${foreign}\\)`;
  for (const target of ['wire', 'host-gw', 'small'])
    t.regex(stderr, new RegExp(`^netlab: ${target}: waiting for ${whom}$`, 'mu'));
  t.is(exitCode, 4);
  t.true(result.rounds > 0, 'waiting has used up nothing of the budget');
  const reason = /^another user's lab measured meanwhile, or one of its processes keeps others from knowing/u;
  for (const { samples, problem } of result.cells) {
    t.deepEqual(samples, []);
    t.regex(problem ?? '', reason);
  }
  t.true(result.comparisons.length > 0);
  for (const one of result.comparisons) {
    t.like(one, { verdict: 'inconclusive', moreRounds: null });
    t.regex(one.reason ?? '', reason);
  }
  t.regex(stdout, /INCONCLUSIVE: another user's lab/u);
  for (const proof of Object.values(result.leaks)) t.like(proof, { verified: true, leftovers: [] });
});
