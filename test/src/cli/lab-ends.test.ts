/** How labs end, and what must not outlive them: labs that are still being built, captures, commands in nodes. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { isAlive, type ProcessIdentity } from '#lab/processes.js';
import { ended, netlab, startNetlab, temporaryFolder } from '../../support/cli.js';
import { leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';

async function labNamed(t: ExecutionContext, name: string): Promise<void> {
  const { exitCode, stderr } = await netlab(['up', 'bridge-l2', '--name', name]);
  t.is(exitCode, 0, stderr);
  t.teardown(async () => void (await netlab(['down', name])));
}

async function until(t: ExecutionContext, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (await holds()) return;
    await delay(50);
  }
  t.fail(`${what} did not happen`);
}

const names = async (): Promise<string> => (await netlab(['ps', '--json'])).stdout;

test('a lab that is still being built is taken down', async (t) => {
  const scenario = join(temporaryFolder(), 'large.yaml');
  writeFileSync(scenario, 'strategy: bridge-l2\ncluster: { hosts: 4, containers: 100 }\n');
  const trace = newTrace();
  const up = startNetlab(['up', scenario, '--name', 'slow'], { env: { [TRACE_VARIABLE]: trace } });
  const upEnded = ended(up);
  await until(t, 'its start', async () => (await names()).includes('"slow"'));
  const down = await netlab(['down', 'slow', '--json']);
  t.is(down.exitCode, 0, down.stderr + down.stdout);
  await upEnded;
  t.false((await names()).includes('"slow"'));
  t.deepEqual(await leftAfter(trace, 10_000), []);
});

test('labs are taken down while others look at the registry', async (t) => {
  const labs = ['many1', 'many2', 'many3'];
  for (const lab of labs) await labNamed(t, lab);
  const [first, ...others] = await Promise.all([
    ...labs.map(async (lab) => await netlab(['down', lab])),
    ...labs.map(async () => await netlab(['ps'])),
    ...labs.map(async () => await netlab(['ps'])),
  ]);
  for (const result of [first, ...others]) t.is(result?.exitCode, 0, result?.stderr);
});

test('a capture ends with the lab', async (t) => {
  await labNamed(t, 'captured');
  const capture = startNetlab(['capture', 'captured', 'h1', '--write', join(temporaryFolder(), 'a.pcap')]);
  const captureEnded = ended(capture);
  await delay(1000);
  const { exitCode, stdout } = await netlab(['down', 'captured']);
  t.is(exitCode, 0, stdout);
  await captureEnded;
});

for (const argv of [
  ['capture', 'killed', 'h1', '--write', '/dev/null'],
  ['exec', 'killed', 'h1c1', '--', 'sleep', '300'],
])
  test.serial(`nothing of netlab ${argv[0]} is left when it is killed`, async (t) => {
    await labNamed(t, 'killed');
    const trace = newTrace();
    const child = startNetlab(argv, { env: { [TRACE_VARIABLE]: trace } });
    await delay(1000);
    child.kill('SIGKILL');
    t.deepEqual(await leftAfter(trace, 5_000), []);
    const { exitCode, stdout } = await netlab(['down', 'killed']);
    t.is(exitCode, 0, stdout);
  });

test('a lab that nobody can find any more, because its folder is gone, ends', async (t) => {
  const folder = temporaryFolder();
  const trace = newTrace();
  const env = { [TRACE_VARIABLE]: trace, NETLAB_RUNTIME_DIR: join(folder, 'labs') };
  const { exitCode, stderr } = await netlab(['up', 'bridge-l2', '--name', 'lost'], { env });
  t.is(exitCode, 0, stderr);
  rmSync(join(folder, 'labs', 'lost'), { recursive: true });
  t.deepEqual(await leftAfter(trace, 10_000), []);
});

test('a lab whose process was killed: ps says so once, and its entry goes', async (t) => {
  const folder = join(temporaryFolder(), 'labs');
  const env = { NETLAB_RUNTIME_DIR: folder };
  const killed = async (name: string): Promise<void> => {
    const { exitCode, stdout, stderr } = await netlab(['up', 'bridge-l2', '--name', name, '--json'], { env });
    t.is(exitCode, 0, stderr);
    const { process: holder } = JSON.parse(stdout) as { process: ProcessIdentity };
    process.kill(holder.pid, 'SIGKILL');
    while (isAlive(holder)) await delay(5);
  };
  await killed('one');
  const ps = await netlab(['ps', '--json'], { env });
  t.deepEqual([ps.exitCode, ps.stdout], [0, '[]\n']);
  t.regex(ps.stderr, /netlab: lab one is not running any more: its process \d+ was killed[^]*its entry is removed/u);
  t.false(existsSync(folder));
  t.is((await netlab(['ps'], { env })).stderr, '');

  await killed('two');
  const verify = await netlab(['verify', 'two'], { env });
  t.is(verify.exitCode, 3);
  t.regex(
    verify.stderr,
    /lab two is not running any more: its process \d+ was killed[^]*netlab up SCENARIO --name two/u,
  );
  t.is((await netlab(['verify', 'two'], { env })).exitCode, 2, 'now there is none of that name');

  await killed('three');
  const down = await netlab(['down', 'three'], { env });
  t.is(down.exitCode, 0, down.stderr);
  t.regex(down.stdout, /lab three is not running any more[^]*lab three is gone; nothing is left/u);
  t.false(existsSync(folder));
});

test('what others change in the machine while a lab is up is not blamed on the lab', (t) => {
  const registry = join(temporaryFolder(), 'labs');
  const script = `set -e
    "$@" up bridge-l2 --name look
    ip link add wifi0 type bridge
    "$@" down look`;
  const unshare = ['--user', '--map-root-user', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/tmp', NETLAB_RUNTIME_DIR: registry };
  const main = fileURLToPath(new URL('../../../dist/bin/netlab.js', import.meta.url));
  const argv = [...unshare, 'sh', '-c', script, 'sh', process.execPath, main];
  const { status, stdout, stderr } = spawnSync('unshare', argv, { env, encoding: 'utf8' });
  t.is(status, 0, stdout + stderr);
  t.regex(stdout, /lab look is gone; nothing is left/u);
});

test('exec: the command has the environment of the user', async (t) => {
  await labNamed(t, 'surroundings');
  const argv = ['exec', 'surroundings', 'h1', '--', 'sh', '-c', 'echo $TERM $LANG $WORD'];
  const { stdout, stderr } = await netlab(argv, { env: { TERM: 'vt220', LANG: 'tlh_QO', WORD: 'word' } });
  t.is(stdout, 'vt220 tlh_QO word\n', stderr);
});
