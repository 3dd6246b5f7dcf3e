/** Real labs: what is planted in one has to be measured against a machine that is not still building the others. */
import test from 'ava';
import { runBench } from '#src/bench/bench.js';
import { LabError } from '#lab/errors.js';
import { twoTargets } from './results.js';

test('labs are prepared when all are built, each once; who cannot prepare one ends the benchmark, and nothing is left', async (t) => {
  const { signal } = new AbortController();
  const seen: string[] = [];
  const subjects = twoTargets().flatMap(({ name, role, plan }) =>
    plan === undefined || role === 'wire' ? [] : [{ name, role, plan }],
  );
  const { failure, leaks } = await runBench(subjects, {
    instruments: ['tcp-1'],
    pairs: 1,
    passes: ['native'],
    optionalPasses: [],
    udpRateBitsPerSecond: 1e6,
    variation: { scenarios: [], hosts: null, containers: null, set: [] },
    budgetMs: 60_000,
    seed: 1,
    alpha: 0.002,
    stop: signal,
    kill: signal,
    emit: (event) => {
      if (event.type === 'target-built') seen.push('built');
    },
    prepare: async ({ target }) => {
      seen.push(target.name);
      if (seen.length === 6) throw new LabError('enough');
    },
  });
  t.deepEqual(seen.slice(0, 3), ['built', 'built', 'built']);
  t.deepEqual(seen.slice(3).toSorted(), ['host-gw', 'vxlan', 'wire']);
  t.is(failure?.message, 'enough');
  t.is(Object.keys(leaks).length, 3);
  for (const proof of Object.values(leaks)) t.like(proof, { verified: true, leftovers: [] });
});
