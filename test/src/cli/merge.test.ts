/** netlab merge on stored shards, and reports in every format of what is stored: no lab. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Comparison } from '#src/result/comparison.js';
import { netlab, NOBODY, temporaryFolder } from '../../support/cli.js';
import { comparison, flat, tunnel } from '../report/comparisons.js';
import { kept } from '../report/fixtures.js';

const planned = ['flat', 'tunnel', 'third', 'fourth'];
const results = { flat, tunnel: { ...tunnel, exitCode: 1 }, third: flat, fourth: kept };
type Name = keyof typeof results;

const shard = (index: number, names: readonly Name[], changes: Partial<Comparison> = {}): Comparison =>
  comparison({
    planned,
    shard: { index, total: 2 },
    runs: names.map((name) => ({ name, result: results[name] })),
    ...changes,
  });

const first = shard(1, ['flat', 'third'], { durationMs: 10, startedAt: '2026-11-21T03:00:01.000Z' });
const second = shard(2, ['tunnel', 'fourth'], { durationMs: 20 });

/** The documents as files 1.json, 2.json ... of a folder. */
function stored(...documents: readonly object[]): { readonly cwd: string; readonly files: readonly string[] } {
  const cwd = temporaryFolder();
  const files = documents.map((_, index) => `${index + 1}.json`);
  for (const [index, document] of documents.entries())
    writeFileSync(join(cwd, files[index] ?? ''), JSON.stringify(document));
  return { cwd, files };
}

test('shards in any order: one comparison in the order of its plan, the exit code of the worst run', async (t) => {
  const { cwd, files } = stored(second, first);
  const { exitCode, stdout, stderr } = await netlab(['merge', ...files, '--json', '--out', 'whole'], {
    cwd,
    uid: NOBODY,
  });
  t.is(exitCode, 1, stderr);
  const merged = JSON.parse(stdout) as Comparison;
  t.deepEqual(
    merged.runs.map(({ name }) => name),
    planned,
  );
  t.like(merged, { complete: true, durationMs: 20, startedAt: '2026-11-21T03:00:00.000Z', exitCode: 1 });
  t.is(merged.shard, undefined);
  const names = ['ctrf.json', 'html', 'json', 'junit.xml', 'md', 'txt'].map((suffix) => `comparison.${suffix}`);
  t.deepEqual(readdirSync(join(cwd, 'whole')).toSorted(), names);
  t.is(readFileSync(join(cwd, 'whole', 'comparison.json'), 'utf8'), stdout);
  t.regex(stderr, /open whole\/comparison\.html/);
});

const refuses = test.macro<[documents: readonly object[], words: RegExp, ...more: RegExp[]]>(
  async (t, documents, ...words) => {
    const { cwd, files } = stored(...documents);
    const { exitCode, stdout, stderr } = await netlab(['merge', ...files], { cwd });
    t.is(exitCode, 2);
    t.is(stdout, '');
    for (const one of words) t.regex(stderr, one);
    t.deepEqual(readdirSync(cwd), files, 'nothing is stored');
  },
);

test('the same shard twice', refuses, [first, second, first], /flat is in 1\.json and in 3\.json/, /third is in/);
test(
  'a shard is missing',
  refuses,
  [second],
  /shard 1 of 2 is missing; there is no result of flat, third/,
  /--allow-missing/,
);
test('a run is missing', refuses, [first, { ...second, runs: second.runs.slice(1) }], /there is no result of tunnel$/m);
test(
  'another version',
  refuses,
  [first, { ...second, netlabVersion: '0.2.0' }],
  /1\.json and 2\.json differ: netlab: 0\.1\.0, and 0\.2\.0/,
);
test(
  'another number of shards',
  refuses,
  [first, shard(2, ['tunnel'], { shard: { index: 2, total: 3 } })],
  /how many shards: 2, and 3/,
);
test(
  'other scenarios',
  refuses,
  [first, { ...second, planned: ['flat', 'tunnel'] }],
  /the scenarios: flat, tunnel, third, fourth, and flat, tunnel$/m,
);
test(
  'with and without --skip-missing',
  refuses,
  [first, { ...second, skipMissing: true }],
  /--skip-missing: not given, and given/,
);
test('a single run', refuses, [first, kept], /2\.json: a single run/);
test(
  'all that is wrong at once',
  refuses,
  [first, { ...first, netlabVersion: '0.2.0' }],
  /differ: netlab/,
  /flat is in/,
);

test('--allow-missing: what is there, exit code 3, and what is not there is named', async (t) => {
  const { cwd, files } = stored(second);
  const { exitCode, stdout } = await netlab(['merge', ...files, '--allow-missing'], { cwd });
  t.is(exitCode, 3);
  t.regex(stdout, /without a result, because a shard is missing: flat, third/);
  t.true(readFileSync(join(cwd, 'reports', 'comparison.junit.xml'), 'utf8').includes('its shard is missing'));
});

test('report --out: every format of a run, under a name that stays in the folder', async (t) => {
  const { cwd } = stored({ ...kept, scenario: '../../x' });
  mkdirSync(join(cwd, 'a'));
  const { exitCode, stderr } = await netlab(['report', '1.json', '--out', 'a/b'], { cwd });
  t.is(exitCode, 0, stderr);
  t.is(readdirSync(join(cwd, 'a', 'b')).length, 6);
  t.deepEqual(readdirSync(cwd).toSorted(), ['1.json', 'a']);
});

test('report --format: every format on stdout', async (t) => {
  const { cwd } = stored(second);
  const starts = { json: '{', text: 'comparison', markdown: '## ', html: '<!doctype html>', junit: '<?xml', ctrf: '{' };
  for (const [format, start] of Object.entries(starts)) {
    const { exitCode, stdout, stderr } = await netlab(['report', '1.json', '--format', format], { cwd });
    t.is(exitCode, 0, stderr);
    t.true(stdout.startsWith(start), format);
  }
});
