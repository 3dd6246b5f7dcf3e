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

/** The plan that the first of the commands in a report leads to, as a shell reads it, when what it says first was done. */
async function planOfHint(report: string, cwd: string): Promise<Plan> {
  const hint = /^ +netlab (?:up|run) (?<words>.*?)(?: --name look| --strict)*$/mu.exec(report)?.groups;
  const save = /Save the scenario, which came\s+through a pipe, as\s+(\S+)\s+first\./u.exec(report)?.[1];
  const saving = save === undefined ? '' : `cp 'a b/mine.yaml' ${save};`;
  const script = `${saving} "$0" "$1" plan ${hint?.['words'] ?? ''} --json`;
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
    t.regex(
      html.stdout,
      /<code>netlab run [^<]*mine\.yaml[^<]* --only|as other\.yaml first\.<\/p><p class="command"><code>netlab run other\.yaml --hosts 2/u,
    );
  });

test('from <(...), whose path is gone afterwards: as from standard input', async (t) => {
  const cwd = workplace();
  const script = `"$0" "$1" run <(cat 'a b/mine.yaml') --hosts 2 ${quick.join(' ')}`;
  const { stdout } = await ended(spawn('bash', ['-c', script, process.execPath, main], { cwd, stdio: 'pipe' }));
  t.regex(stdout, /which came through a pipe, as other\.yaml first\./u);
  t.regex(stdout, /netlab up other\.yaml --hosts 2 --name look\n/u);
});

test('the hint to measure again has all options that were given', async (t) => {
  const cwd = workplace();
  mkdirSync(join(cwd, 'o o'));
  const options = ['--only', 'container-to-container', '--out', 'o o', '--report', 'json=r.json'];
  const { stdout } = await netlab(['--no-install', 'run', 'a b/mine.yaml', '--hosts', '2', ...options, '--strict'], {
    cwd,
  });
  t.regex(
    stdout,
    /netlab verify look --only container-to-container --out 'o o' --report json=r\.json --no-install --strict\n/u,
  );
});

test('more than a scenario may have, through a pipe: no size is told that nobody has measured', async (t) => {
  for (const written of ['#', '€']) {
    const script = `yes '${written.repeat(50)}' | head -c 3000000 | "$0" "$1" plan -`;
    const child = spawn('bash', ['-c', script, process.execPath, main], { stdio: ['ignore', 'pipe', 'pipe'] });
    const { exitCode, stderr } = await ended(child);
    t.is(exitCode, 2);
    t.is(stderr, 'standard input:1:1: it has more than 262144 characters; allowed: at most 262144 in a scenario\n');
  }
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
