/** netlab bench, gate, diff and trend as people run them, on real labs and for a short time. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { benchAgain } from '#src/report/again.js';
import type { BenchEvent } from '#src/result/bench-events.js';
import type { BenchResult } from '#src/result/bench.js';
import { benchJsonSchema } from '#src/result/bench-schema.js';
import type { Plan } from '#src/plan/plan.js';
import type { BenchDifference } from '#src/result/bench-difference.js';
import { eventJsonSchema } from '#src/result/event-schema.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { ended, entryFor, netlab, startNetlab, temporaryFolder } from '../../support/cli.js';
import { leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';
import { madeBench } from '../bench/results.js';

const LEFT_DEADLINE_MS = 30_000;
const small = 'strategy: vxlan\ncluster: { hosts: 2, containers: 1, outsiders: 0 }\n';

function workplace(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'small.yaml'), small);
  return cwd;
}

test.serial(
  'a short benchmark: wire, host-gw and the scenario, a document by its schema, a page, a history',
  async (t) => {
    t.timeout(180_000);
    const cwd = workplace();
    const argv = ['bench', 'small.yaml', '--measure', 'rtt-idle,requests', '--budget', '10s', '--seed', '5', '--json'];
    const run = await netlab(
      [...argv, '--report', 'markdown=bench.md', '--out', 'out', '--history', 'out/history.jsonl'],
      { cwd },
    );
    const result = JSON.parse(run.stdout) as BenchResult;
    const validate = new Ajv2020({ strict: true, formats: { 'date-time': true } }).compile(benchJsonSchema());
    t.true(validate(result), JSON.stringify(validate.errors));
    t.deepEqual(
      result.targets.map(({ name, role }) => `${name} ${role}`),
      ['wire wire', 'host-gw baseline', 'small subject'],
    );
    t.is(result.seed, 5);
    t.true(result.complete, run.stderr);
    for (const { target, metric, samples, problem } of result.cells)
      t.true(samples.length > 0, `${target} ${metric}: ${problem ?? ''}`);
    for (const proof of Object.values(result.leaks))
      t.like(proof, { verified: true, leftovers: [], machineChanges: [] });
    t.is(Object.keys(result.leaks).length, 3);
    t.true(run.exitCode === 0 || run.exitCode === 4, run.stderr);
    t.is(run.exitCode, result.exitCode);
    t.regex(readFileSync(join(cwd, 'out', 'bench.html'), 'utf8'), /Round trips, idle/);
    t.regex(readFileSync(join(cwd, 'bench.md'), 'utf8'), /### Against host-gw/);
    const trend = await netlab(['trend', 'out/history.jsonl'], { cwd });
    t.regex(trend.stdout, /requests per second/);
    const again = await netlab(['gate', '--baseline', 'out/bench.json', 'small.yaml', '--budget', '3s', '--json'], {
      cwd,
    });
    const { kind, exitCode } = JSON.parse(again.stdout) as { readonly kind: string; readonly exitCode: number };
    t.is(kind, 'bench-difference');
    t.is(again.exitCode, exitCode, again.stderr);
  },
);

test('gate and diff on stored benchmarks: 0, 1, 4; what is no benchmark is 2', async (t) => {
  const cwd = temporaryFolder();
  const files = {
    before: madeBench({ seed: 1, rounds: 30 }),
    same: madeBench({ seed: 2, rounds: 30 }),
    slower: madeBench({ seed: 3, rounds: 30, vxlan: 0.6 }),
    few: madeBench({ seed: 4, rounds: 2 }),
  };
  for (const [name, result] of Object.entries(files)) writeFileSync(join(cwd, `${name}.json`), JSON.stringify(result));
  const gate = async (name: string) =>
    await netlab(['gate', '--baseline', 'before.json', '--result', `${name}.json`], { cwd });
  const [same, slower, few] = [await gate('same'), await gate('slower'), await gate('few')];
  t.deepEqual([same.exitCode, slower.exitCode, few.exitCode], [0, 1, 4]);
  t.regex(slower.stdout, /vxlan .*TCP goodput.*worse/s);
  t.regex(few.stdout, /INCONCLUSIVE/);
  const reports = ['--report', 'junit=diff.xml', '--report', 'markdown=diff.md'];
  const diff = await netlab(['diff', 'before.json', 'slower.json', ...reports], { cwd });
  t.regex(readFileSync(join(cwd, 'diff.xml'), 'utf8'), /<failure message="worse: /);
  t.regex(readFileSync(join(cwd, 'diff.md'), 'utf8'), /^## netlab bench, before and after: \d+ worse/);
  const unknown = await netlab(['diff', 'before.json', 'slower.json', '--report', 'html=x.html'], { cwd });
  t.is(unknown.exitCode, 2);
  t.regex(unknown.stderr, /there is no format "html".*json, text, markdown, junit/s);
  t.is(diff.exitCode, 0);
  t.is(`${diff.stdout}exit 1: 5 of 12 worse\n`, slower.stdout, 'diff does not judge');
  t.regex(same.stdout, /\nexit 0: nothing is worse\n$/);
  t.regex(few.stdout, /\nexit 4: nothing is worse, 12 of 12 could not be judged\n$/);
  writeFileSync(join(cwd, 'other.json'), '{"kind":"comparison"}');
  const wrong = await netlab(['diff', 'before.json', 'other.json'], { cwd });
  t.is(wrong.exitCode, 2);
  t.regex(wrong.stderr, /other\.json: not a benchmark of netlab/);
});

test('without iperf3: nothing is built, and what to install is said', async (t) => {
  const cwd = workplace();
  // A search path without it; the system's own folders are always behind it, so it is hidden in a mount namespace.
  const main = new URL('../../../dist/bin/netlab.js', import.meta.url).pathname;
  const hide = 'mount --bind /dev/null "$(command -v iperf3)" && exec "$@"';
  const argv = ['--user', '--map-root-user', '--mount', 'sh', '-c', hide, 'sh', process.execPath, main];
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd };
  const run = await ended(
    spawn('unshare', [...argv, 'bench', 'small.yaml', '--measure', 'tcp-1'], { cwd, env, stdio: 'pipe' }),
  );
  t.is(run.exitCode, 3, run.stderr);
  t.regex(run.stdout, /program iperf3: no such program/);
  t.regex(run.stdout, /sudo apt-get install iperf3/);
});

test('a scenario without two hosts is refused', async (t) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'alone.yaml'), 'strategy: bridge-l2\ncluster: { hosts: 1, containers: 2 }\n');
  const { exitCode, stderr } = await netlab(['bench', 'alone.yaml'], { cwd });
  t.is(exitCode, 2);
  t.regex(stderr, /alone: there are no two hosts with containers/);
});

test.serial(
  '--hosts, --containers and --set as plan has them; the document has them, and gate measures the same',
  async (t) => {
    t.timeout(120_000);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'alone.yaml'), 'strategy: vxlan\ncluster: { hosts: 1, containers: 2, outsiders: 0 }\n');
    const varied = ['--hosts', '2', '--containers', '1', '--set', 'cluster.underlay.mtu=9000'];
    const short = ['--measure', 'requests', '--budget', '1s', '--json'];
    const bench = await netlab(['bench', 'alone.yaml', ...varied, ...short], { cwd });
    const result = JSON.parse(bench.stdout) as BenchResult;
    t.like(result.settings, { scenarios: ['alone.yaml'], hosts: 2, containers: 1, set: ['cluster.underlay.mtu=9000'] });
    // As the page says it, through a shell.
    const line = benchAgain(result).replace(/^netlab/u, '"$0" "$1"');
    const repeated = await ended(
      spawn('sh', ['-c', `${line} --json`, process.execPath, entryFor(undefined)], { cwd, stdio: 'pipe' }),
    );
    const second = JSON.parse(repeated.stdout) as BenchResult;
    t.deepEqual([second.settings, second.budgetMs], [result.settings, result.budgetMs]);
    t.deepEqual(second.targets, result.targets);
    const plan = async (scenario: string) =>
      (JSON.parse((await netlab(['plan', scenario, ...varied, '--json'], { cwd })).stdout) as Plan).digest;
    const digests = ({ targets }: BenchResult) => targets.map(({ name, mtuBytes, digest }) => [name, mtuBytes, digest]);
    const [wire, baseline, subject] = digests(result);
    t.deepEqual(subject, ['alone', 8950, await plan('alone.yaml')]);
    t.deepEqual([wire?.[1], baseline?.slice(0, 2)], [9000, ['host-gw', 9000]], 'on the same wire');
    writeFileSync(join(cwd, 'before.json'), bench.stdout);
    const again = await netlab(['gate', 'alone.yaml', '--baseline', 'before.json', '--budget', '1s', '--json'], {
      cwd,
    });
    t.deepEqual((JSON.parse(again.stdout) as BenchDifference).caveats, [], `the same plans: ${again.stderr}`);
    for (const [one, words] of [
      ['cluster.underlay.mtu', /--set needs KEY=VALUE/],
      ['strategy.colour=red', /alone\.yaml.*strategy\.colour/],
      ['cluster.hosts=1', /alone: there are no two hosts with containers/],
    ] as const) {
      const refused = await netlab(['bench', 'alone.yaml', '--set', one], { cwd });
      t.is(refused.exitCode, 2, refused.stderr);
      t.regex(refused.stderr, words);
    }
  },
);

/** Starts a benchmark, and signals it in the middle of a measurement. */
async function cutOff(signal: 'SIGINT' | 'SIGKILL') {
  const trace = newTrace();
  const argv = ['bench', 'small.yaml', '--measure', 'tcp-1', '--budget', '5m', '--events'];
  const child = startNetlab(argv, { cwd: workplace(), env: { [TRACE_VARIABLE]: trace } });
  let result: BenchResult | undefined;
  const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(eventJsonSchema());
  const wrong: string[] = [];
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const event = JSON.parse(line) as BenchEvent;
    const isValid: boolean = validate(event);
    if (!isValid) wrong.push(`${line}: ${JSON.stringify(validate.errors)}`);
    if (event.type === 'sample-started') child.kill(signal);
    if (event.type === 'bench-ended') ({ result } = event);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, result, wrong, left: await leftAfter(trace, LEFT_DEADLINE_MS) };
}

test.serial(
  'Ctrl-C in the middle of a measurement: taken down and reported, exit code 130, nothing left',
  async (t) => {
    t.timeout(120_000);
    const { exitCode, result, wrong, left } = await cutOff('SIGINT');
    t.deepEqual(wrong, [], 'each line is valid by the published schema');
    t.is(exitCode, 130);
    t.false(result?.complete);
    t.deepEqual(left, []);
    for (const proof of Object.values(result?.leaks ?? {})) t.like(proof, { verified: true, leftovers: [] });
  },
);

test.serial('kill -9 in the middle of a measurement: nothing left', async (t) => {
  t.timeout(120_000);
  const { exitCode, left } = await cutOff('SIGKILL');
  t.is(exitCode, null);
  t.deepEqual(left, []);
});
