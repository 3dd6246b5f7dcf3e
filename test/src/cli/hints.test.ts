/** Next steps are copied from the terminal: run there, they plan what was measured. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '#src/plan/plan.js';
import type { RunResult } from '#src/result/result.js';
import test from 'ava';
import { ended, netlab, startNetlab, temporaryFolder } from '../../support/cli.js';

const main = new URL('../../../dist/bin/netlab.js', import.meta.url).pathname;
const text = 'name: other\nstrategy: bridge-l2\ncluster: { hosts: 1, containers: 1, outsiders: 0 }\n';
const quick = ['--only', 'container-to-container'];

function workplace(): string {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'a b'));
  writeFileSync(join(cwd, 'a b', 'mine.yaml'), text);
  return cwd;
}

/** The plan that the first of the commands in a report leads to, as a shell reads it. */
async function planOfHint(report: string, cwd: string): Promise<Plan> {
  const hint = /^ +netlab (?:up|run) (?<words>.*?)(?: --name look| --strict)*(?<input> < SCENARIO)?$/mu.exec(
    report,
  )?.groups;
  const input = hint?.['input'] === undefined ? '' : `< 'a b/mine.yaml'`;
  const script = `"$0" "$1" plan ${hint?.['words'] ?? ''} --json ${input}`;
  const { stdout, stderr } = await ended(spawn('bash', ['-c', script, process.execPath, main], { cwd, stdio: 'pipe' }));
  if (stdout === '') throw new Error(`${report}\n${script}\n${stderr}`);
  return JSON.parse(stdout) as Plan;
}

const varied = ['--hosts', '2', '--set', 'cluster.underlay.mtu=9000', '--set', 'cluster.underlay.extraLinks=[]'];

for (const [how, argument] of [
  ['a path with a space', 'a b/mine.yaml'],
  ['standard input', '-'],
] as const)
  test(`${how}, varied: the hint plans the same again`, async (t) => {
    const cwd = workplace();
    const run = await netlab(['run', argument, ...varied, ...quick, '--report', 'json=r.json'], { cwd, stdin: text });
    t.is(run.exitCode, 0, run.stderr);
    const stored = await netlab(['report', 'r.json', '--json'], { cwd });
    const { plan, given } = JSON.parse(stored.stdout) as RunResult;
    t.deepEqual(given, [argument, ...varied]);
    t.is((await planOfHint(run.stdout, cwd)).digest, plan.digest);
    const html = await netlab(['report', 'r.json', '--format', 'html'], { cwd });
    t.regex(html.stdout, /netlab run [^<]*mine\.yaml[^<]* --only|netlab run - --hosts 2/u);
  });

test('from <(...), whose path is gone afterwards: as from standard input', async (t) => {
  const cwd = workplace();
  const script = `"$0" "$1" run <(cat 'a b/mine.yaml') --hosts 2 ${quick.join(' ')}`;
  const { stdout } = await ended(spawn('bash', ['-c', script, process.execPath, main], { cwd, stdio: 'pipe' }));
  t.regex(stdout, /netlab up - --hosts 2 --name look < SCENARIO\n/u);
});

test('compared on another underlay: the hint for one run has that underlay', async (t) => {
  const cwd = workplace();
  const argv = ['compare', 'a b/mine.yaml', '--hosts', '2', '--underlay', 'routed', ...quick, '--out', 'out'];
  await ended(startNetlab(argv, { cwd }));
  const shown = await netlab(['report', 'out/comparison.json', '--run', 'other@routed'], { cwd });
  const whole = await netlab(['report', 'out/comparison.json', '--run', 'other@routed', '--json'], { cwd });
  const { plan } = JSON.parse(whole.stdout) as RunResult;
  t.is((await planOfHint(shown.stdout, cwd)).digest, plan.digest);
});
