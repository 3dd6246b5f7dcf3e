import test from 'ava';
import { parseShard, shardVariables } from '#src/cli/shard.js';
import { UsageError } from '#src/cli/usage-error.js';

const reads = test.macro({
  exec(t, text: string, environment: Record<string, string>, index: number, total: number) {
    t.deepEqual(parseShard(text, environment), { index, total });
  },
  title: (given, text, environment) => `${given ?? String(text)}: ${JSON.stringify(environment)}`,
});

test(reads, '1/1', {}, 1, 1);
test(reads, '2/5', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2' }, 2, 5);

const auto: ReadonlyArray<readonly [string, Record<string, string>, number, number]> = [
  ['GitHub, strategy.job-index counts from 0', { STRATEGY_JOB_INDEX: '0', STRATEGY_JOB_TOTAL: '3' }, 1, 3],
  ['GitHub, the last', { STRATEGY_JOB_INDEX: '2', STRATEGY_JOB_TOTAL: '3' }, 3, 3],
  ['GitHub, shardIndex counts from 1', { SHARD_INDEX: '1', SHARD_TOTAL: '3' }, 1, 3],
  ['GitHub, the last shard', { SHARD_INDEX: '3', SHARD_TOTAL: '3' }, 3, 3],
  ['GitLab counts from 1', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4' }, 1, 4],
  ['GitLab, the last', { CI_NODE_INDEX: '4', CI_NODE_TOTAL: '4' }, 4, 4],
  ['GitLab without parallel:', { CI_NODE_TOTAL: '1' }, 1, 1],
  ['Buildkite counts from 0', { BUILDKITE_PARALLEL_JOB: '0', BUILDKITE_PARALLEL_JOB_COUNT: '2' }, 1, 2],
  ['Buildkite, the last', { BUILDKITE_PARALLEL_JOB: '1', BUILDKITE_PARALLEL_JOB_COUNT: '2' }, 2, 2],
  ['CircleCI counts from 0', { CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '2' }, 1, 2],
  ['CircleCI, the last', { CIRCLE_NODE_INDEX: '1', CIRCLE_NODE_TOTAL: '2' }, 2, 2],
  ['Kubernetes counts from 0', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '5' }, 1, 5],
  ['Slurm, --array=0-3', slurm(0, 0, 4), 1, 4],
  ['Slurm, the last of --array=0-3', slurm(3, 0, 4), 4, 4],
  ['Slurm, --array=1-4', slurm(1, 1, 4), 1, 4],
  ['Slurm, --array=4-16:4', { ...slurm(12, 4, 4), SLURM_ARRAY_TASK_STEP: '4' }, 3, 4],
];
for (const [title, environment, index, total] of auto) test(title, reads, 'auto', environment, index, total);

test('Kubernetes does not tell how many', reads, 'auto/3', { JOB_COMPLETION_INDEX: '2' }, 3, 3);

function slurm(id: number, least: number, count: number): Record<string, string> {
  return {
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: String(least),
    SLURM_ARRAY_TASK_COUNT: String(count),
  };
}

const refuses = test.macro({
  exec(t, text: string, environment: Record<string, string>, words: RegExp) {
    const error = t.throws(() => parseShard(text, environment), { instanceOf: UsageError });
    t.regex(error.message, words);
    t.truthy(error.remedy);
  },
  title: (given, text, environment) => `${given ?? 'refused'}: ${String(text)} ${JSON.stringify(environment)}`,
});

for (const text of ['0/3', '4/3', '1', '/2', '1/', 'a/b', '1.5/2', '-1/2', '1/0', ''])
  test(refuses, text, {}, /--shard needs I\/N/);
test(refuses, 'auto', {}, /no variable tells/);
test('an empty variable is none', refuses, 'auto', { CI_NODE_INDEX: '' }, /no variable tells/);
test(refuses, 'auto', { JOB_COMPLETION_INDEX: '1' }, /Kubernetes tells the index, but JOB_COMPLETIONS/);
test(
  'from 0 where 1 is meant',
  refuses,
  'auto',
  { CI_NODE_INDEX: '0', CI_NODE_TOTAL: '2' },
  /counts from 1.*not one of 2/,
);
test('from 1 where 0 is meant', refuses, 'auto', { CIRCLE_NODE_INDEX: '2', CIRCLE_NODE_TOTAL: '2' }, /counts from 0/);
test(
  'a list of tasks that is no range',
  refuses,
  'auto',
  slurm(9, 1, 3),
  /SLURM_ARRAY_TASK_ID=9 counts from SLURM_ARRAY_TASK_MIN=1/,
);

test('the help can name every variable', (t) => {
  t.is(shardVariables.length, 7);
});
