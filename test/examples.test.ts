/** The sample pipelines, run as they stand: what the files say, in a checkout for each job, with artifacts between them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { Artifacts, checkout, type JobResult, runJob, type Step, type Variables } from './support/ci-jobs.js';

const readExample = (name: string): unknown =>
  parse(readFileSync(new URL(`../examples/${name}`, import.meta.url), 'utf8'));

/** A broken set-up under the name of a good one: ./scenarios comes before netlab's own. */
function withBrokenScenario(): string {
  const folder = checkout();
  mkdirSync(join(folder, 'scenarios'));
  const text = 'strategy: { name: bridge-l2, masquerade: off }\nexpect: { egress: promised }\n';
  writeFileSync(join(folder, 'scenarios', 'bridge-l2.yaml'), text);
  return folder;
}

interface GithubStep {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Variables;
  readonly with?: Variables;
}

interface GithubJob {
  readonly strategy?: { readonly matrix: { readonly part: readonly number[] } };
  readonly steps: readonly GithubStep[];
}

const github = readExample('github-actions.yml') as { readonly jobs: Readonly<Record<string, GithubJob>> };

/** Of the expressions only those that the example has. */
const evaluated = (text: string, values: Variables): string =>
  text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/gu, (whole, name: string) => values[name] ?? whole);

function githubStep({ uses, run, if: condition, env = {}, with: inputs = {} }: GithubStep, values: Variables): Step[] {
  const filled = (some: Variables): Variables =>
    Object.fromEntries(Object.entries(some).map(([name, text]) => [name, evaluated(text, values)]));
  const { name = '', path = '', pattern = '' } = filled(inputs);
  if (run !== undefined) return [{ kind: 'command', line: run, always: condition === 'always()', env: filled(env) }];
  if (uses?.startsWith('actions/upload-artifact@') === true) return [{ kind: 'upload', name, path }];
  if (uses?.startsWith('actions/download-artifact@') === true) return [{ kind: 'download', pattern, path }];
  return [];
}

/** A job, once for each entry of its matrix. */
function runGithub(name: string, artifacts: Artifacts, folder?: string): readonly JobResult[] {
  const job = github.jobs[name];
  const parts = job?.strategy?.matrix.part ?? [1];
  return parts.map((part, index) => {
    const place = { 'strategy.job-index': String(index), 'strategy.job-total': String(parts.length) };
    const values = { ...place, 'matrix.part': String(part) };
    const steps = (job?.steps ?? []).flatMap((step) => githubStep(step, values));
    return runJob(steps, artifacts, { GITHUB_STEP_SUMMARY: 'summary.md' }, folder);
  });
}

const codes = (jobs: readonly JobResult[]): readonly number[] => jobs.map(({ exitCode }) => exitCode);
const outputs = (jobs: readonly JobResult[]): string => jobs.map(({ output }) => output).join('\n');

test.serial('GitHub Actions: the gate opens, and the summary has the matrix', (t) => {
  const [job] = runGithub('gate', new Artifacts());
  t.is(job?.exitCode, 0, job?.output);
  t.regex(
    readFileSync(join(job?.folder ?? '', 'summary.md'), 'utf8'),
    /^## ✔ bridge-l2 keeps[^]*\| unique-address \| ✔ kept \|/,
  );
});

test.serial('GitHub Actions: a broken promise closes the gate, and the reports are there all the same', (t) => {
  const [job] = runGithub('gate', new Artifacts(), withBrokenScenario());
  t.is(job?.exitCode, 1, job?.output);
  const at = (name: string): string => join(job?.folder ?? '', name);
  t.regex(readFileSync(at('summary.md'), 'utf8'), /egress is BROKEN/);
  t.true(existsSync(at('out/bridge-l2.html')));
});

test.serial('GitHub Actions: parts on two machines, joined', (t) => {
  const artifacts = new Artifacts();
  const parts = runGithub('compare', artifacts);
  t.deepEqual(codes(parts), [0, 0], outputs(parts));
  const whole = runGithub('whole', artifacts);
  t.deepEqual(codes(whole), [0], outputs(whole));
  t.regex(readFileSync(join(whole[0]?.folder ?? '', 'summary.md'), 'utf8'), /\| promise \| bridge-l2 \| host-gw \|/);
});

interface GitlabJob {
  readonly parallel?: number;
  readonly script: readonly string[];
  readonly artifacts: { readonly paths: readonly string[]; readonly reports?: { readonly junit: string } };
}

const { default: common, ...gitlab } = readExample('gitlab-ci.yml') as Readonly<Record<string, GitlabJob>> & {
  readonly default: { readonly before_script: readonly string[] };
};

/** A job, as often as it is parallel; what an earlier one kept is there as it lay. */
function runGitlab(name: string, artifacts: Artifacts): readonly JobResult[] {
  const job = gitlab[name];
  const { parallel = 1, script = [] } = job ?? {};
  const lines = [...common.before_script, ...script];
  const commands = lines.map((line): Step => ({ kind: 'command', line, always: false, env: {} }));
  const kept = (job?.artifacts.paths ?? []).map((path): Step => ({ kind: 'upload', name: path, path }));
  return Array.from({ length: parallel }, (_, index) => {
    const env = { CI_NODE_INDEX: String(index + 1), CI_NODE_TOTAL: String(parallel) };
    return runJob([{ kind: 'download', pattern: '*', path: '.' }, ...commands, ...kept], artifacts, env);
  });
}

test.serial('GitLab CI: the gate opens, and its JUnit report is where GitLab is told to look', (t) => {
  const [job] = runGitlab('gate', new Artifacts());
  t.is(job?.exitCode, 0, job?.output);
  t.true(existsSync(join(job?.folder ?? '', gitlab['gate']?.artifacts.reports?.junit ?? 'none')));
});

test.serial('GitLab CI: parts on two machines, joined', (t) => {
  const artifacts = new Artifacts();
  const parts = runGitlab('compare', artifacts);
  t.deepEqual(codes(parts), [0, 0], outputs(parts));
  const [whole] = runGitlab('whole', artifacts);
  t.is(whole?.exitCode, 0, whole?.output);
  t.true(existsSync(join(whole?.folder ?? '', gitlab['whole']?.artifacts.reports?.junit ?? 'none')));
});
