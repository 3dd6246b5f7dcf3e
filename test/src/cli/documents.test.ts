import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '#src/plan/plan.js';
import { parseScenario } from '#src/scenario/parse.js';
import { makePlan } from '#src/plan/make-plan.js';
import { findStrategy, strategies } from '#src/strategy/index.js';
import test from 'ava';
import { controls, ended, netlab, NOBODY, startNetlab, temporaryFolder } from '../../support/cli.js';
import { madeBench } from '../bench/results.js';
import { broken, kept } from '../report/fixtures.js';

test('plan needs no rights: an ordinary user sees tables, JSON and a script', async (t) => {
  const asNobody = (...argv: string[]) => netlab(['plan', 'bridge-l2', ...argv], { uid: NOBODY });
  const table = await asNobody();
  t.is(table.exitCode, 0, table.stderr);
  t.regex(table.stdout, /h1c1 .*10\.1\.1\.2/);
  t.notRegex(table.stdout, controls, 'no colours in a pipe');
  const plan = JSON.parse((await asNobody('--json')).stdout) as Plan;
  t.is(plan.scenario.name, 'bridge-l2');
  t.is((await asNobody('--format', 'json')).stdout, (await asNobody('--json')).stdout);
  t.regex((await asNobody('--format', 'shell')).stdout, /^#!\/bin\/sh\n/);
});

test('NO_COLOR, FORCE_COLOR and --no-color', async (t) => {
  const plan = async (argv: readonly string[], env: Record<string, string>) =>
    (await netlab(['plan', 'bridge-l2', ...argv], { env })).stdout;
  const plain = await plan([], {});
  const colored = await plan([], { FORCE_COLOR: '1' });
  t.regex(colored, controls);
  t.notRegex(plain, controls);
  t.is(await plan([], { NO_COLOR: '1' }), plain);
  t.is(await plan(['--no-color'], { FORCE_COLOR: '1' }), plain);
  t.is((await netlab(['--no-color', 'plan', 'bridge-l2'], { env: { FORCE_COLOR: '1' } })).stdout, plain);
  const help = await netlab(['plan', '--help', '--no-color'], { env: { FORCE_COLOR: '1' } });
  t.notRegex(help.stdout, controls);
});

test('without Unicode there is none', async (t) => {
  const { stdout } = await netlab(['plan', 'bridge-l2'], { env: { LANG: 'C', LC_ALL: 'C' } });
  t.notRegex(stdout, /[^\u0000-\u007f]/);
});

test('a reader that goes away is no error', async (t) => {
  const child = startNetlab(['plan', 'bridge-l2', '--json']);
  child.stdin?.end();
  child.stdout?.destroy();
  const { exitCode, stderr } = await ended(child);
  t.is(exitCode, 0);
  t.is(stderr, '');
});

test('report renders a stored result: file or standard input, text or JSON, without rights', async (t) => {
  const file = join(temporaryFolder(), 'result.json');
  for (const result of [kept, broken]) {
    writeFileSync(file, JSON.stringify(result));
    const shown = await netlab(['report', file], { uid: NOBODY });
    t.is(shown.exitCode, 0, shown.stderr);
    t.regex(shown.stdout, new RegExp(`exit ${result.exitCode}`));
    t.is((await netlab(['report', '-'], { stdin: JSON.stringify(result) })).stdout, shown.stdout);
    t.deepEqual(JSON.parse((await netlab(['report', file, '--json'])).stdout), result);
  }
});

test('report shows a stored benchmark and a difference of two, in every format that they have', async (t) => {
  const cwd = temporaryFolder();
  const before = madeBench({ rounds: 30 });
  // Nothing of it was measured the second time: its difference is unknown.
  const after = { ...before, cells: before.cells.filter(({ metric }) => metric !== 'rttIdleP99Ms') };
  writeFileSync(join(cwd, 'bench.json'), JSON.stringify(before));
  writeFileSync(join(cwd, 'after.json'), JSON.stringify(after));
  const diff = await netlab(['diff', 'bench.json', 'after.json', '--json'], { cwd });
  writeFileSync(join(cwd, 'diff.json'), diff.stdout);
  const show = async (...argv: string[]) => await netlab(['report', ...argv], { cwd });
  const bench = await show('bench.json');
  t.is(bench.exitCode, 0, bench.stderr);
  t.regex(bench.stdout, /to the wire[^]*against host-gw[^]*vxlan/u);
  t.deepEqual(JSON.parse((await show('bench.json', '--json')).stdout), before);
  const difference = await show('diff.json');
  t.is(difference.stdout, (await netlab(['diff', 'bench.json', 'after.json'], { cwd })).stdout);
  t.regex(difference.stdout, /p99 +unknown +INCONCLUSIVE/u);
  for (const [file, name, kind, formats, lacking] of [
    ['bench.json', 'bench', 'a benchmark', ['json', 'html', 'junit.xml', 'md', 'txt'], 'ctrf'],
    ['diff.json', 'bench-difference', 'a difference of two benchmarks', ['json', 'junit.xml', 'md', 'txt'], 'html'],
  ] as const) {
    const stored = await show(file, '--out', name);
    t.is(stored.exitCode, 0, stored.stderr);
    t.deepEqual(readdirSync(join(cwd, name)).toSorted(), formats.map((one) => `${name}.${one}`).toSorted());
    const markdown = await show(file, '--format', 'markdown');
    t.is(markdown.stdout, readFileSync(join(cwd, name, `${name}.md`), 'utf8'));
    const refused = await show(file, '--format', lacking, '--out', 'none');
    t.is(refused.exitCode, 2);
    t.regex(refused.stderr, new RegExp(`there is no ${lacking} of ${kind}\\n.*Give one of: json, text, markdown`, 'u'));
    t.is((await show(file, '--run', 'vxlan')).exitCode, 2);
    t.regex((await netlab(['merge', file], { cwd })).stderr, new RegExp(`${kind}, and netlab merge`, 'u'));
  }
  t.false(existsSync(join(cwd, 'none')), 'nothing was made for what was refused');
  writeFileSync(join(cwd, 'wrong.json'), JSON.stringify({ ...before, cells: [{ target: 1 }] }));
  t.regex((await show('wrong.json')).stderr, /wrong\.json: not a result of netlab:\n +cells\[0\]\.target/u);
});

const committed = {
  scenario: new URL('../../../scenarios/scenario.schema.json', import.meta.url),
  result: new URL('../../../reports/result.schema.json', import.meta.url),
  comparison: new URL('../../../reports/comparison.schema.json', import.meta.url),
  bench: new URL('../../../reports/bench.schema.json', import.meta.url),
  'bench-difference': new URL('../../../reports/bench-difference.schema.json', import.meta.url),
  events: new URL('../../../reports/events.schema.json', import.meta.url),
};

for (const [document, file] of Object.entries(committed))
  test(`schema ${document} prints the committed file`, async (t) => {
    t.is((await netlab(['schema', document])).stdout, readFileSync(file, 'utf8'));
  });

test('init writes a scenario that is all defaults, and never overwrites', async (t) => {
  const cwd = temporaryFolder();
  const first = await netlab(['init'], { cwd });
  t.is(first.exitCode, 0, first.stderr);
  const file = join(cwd, 'scenarios', 'my-cluster.yaml');
  const text = readFileSync(file, 'utf8');
  const options = { file, defaultName: 'x', strategies };
  const decided = (written: string) => {
    const { scenario, digest: _, ...plan } = makePlan(parseScenario(written, options), findStrategy('bridge-l2'));
    return { ...plan, scenario: { ...scenario, strategy: scenario.strategy.name } };
  };
  t.deepEqual(decided(text), decided('strategy: bridge-l2\n'), 'what it writes says nothing but the defaults');
  writeFileSync(file, 'mine');
  t.is((await netlab(['init'], { cwd })).exitCode, 2);
  t.is(readFileSync(file, 'utf8'), 'mine');
  t.is((await netlab(['plan', 'office'], { cwd })).exitCode, 2);
  t.is((await netlab(['init', 'office'], { cwd })).exitCode, 0);
  t.is((await netlab(['plan', 'office'], { cwd })).exitCode, 0);
  t.is((await netlab(['init', 'a/b.yaml'], { cwd })).exitCode, 0);
  t.true(existsSync(join(cwd, 'a', 'b.yaml')));
});

test('a scenario of ./scenarios comes before the one of the package', async (t) => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'scenarios'));
  writeFileSync(join(cwd, 'scenarios', 'bridge-l2.yaml'), 'strategy: bridge-l2\ncluster: { hosts: 3 }\n');
  const { cluster } = JSON.parse((await netlab(['plan', 'bridge-l2', '--json'], { cwd })).stdout) as Plan;
  t.is(cluster.hosts.length, 3);
});

for (const [format, start] of [
  ['dot', /^graph /],
  ['mermaid', /^(---|flowchart|graph)/],
  ['svg', /^<svg/],
] as const)
  test(`graph --format ${format}`, async (t) => {
    const { exitCode, stdout } = await netlab(['graph', 'bridge-l2', '--format', format]);
    t.is(exitCode, 0);
    t.regex(stdout, start);
  });
