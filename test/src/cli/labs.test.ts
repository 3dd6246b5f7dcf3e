/** The commands around real labs, as a user goes through them. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { identify } from '#lab/processes.js';
import type { LabEntry } from '#lab/registry.js';
import type { RunResult } from '#src/result/result.js';
import { ended, NOBODY, netlab, startNetlab, temporaryFolder } from '../../support/cli.js';
import { leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';

/** Labs live on by themselves: those of a test that failed, too. */
test.after.always(async () => void (await netlab(['down', '--all'])));

const few = ['--only', 'container-to-container,infrastructure-free'];

for (const [who, uid] of [
  ['root', 0],
  ['an ordinary user', NOBODY],
] as const)
  test(`run as ${who}: one JSON document, exit code 0, stored where asked`, async (t) => {
    const cwd = temporaryFolder();
    const run = await netlab(['run', 'bridge-l2', ...few, '--json', '--out', 'results'], { cwd, uid });
    t.is(run.exitCode, 0, run.stderr);
    const result = JSON.parse(run.stdout) as RunResult;
    t.deepEqual(
      result.promises.map(({ promise, cell }) => [promise, cell]),
      [
        ['container-to-container', 'kept'],
        ['infrastructure-free', 'kept'],
      ],
    );
    t.is(
      run.stderr,
      'netlab: result stored in results/bridge-l2.json, and beside it as .txt, .md, .html, .junit.xml, .ctrf.json\n',
    );
    t.is(readFileSync(join(cwd, 'results', 'bridge-l2.json'), 'utf8'), run.stdout);
  });

test('run --events: one JSON document per line, valid by the published schema, numbered without a gap', async (t) => {
  const { exitCode, stdout } = await netlab(['run', 'bridge-l2', ...few, '--events']);
  t.is(exitCode, 0);
  const schema = new URL('../../../reports/events.schema.json', import.meta.url);
  const ajv = new Ajv2020({ allowUnionTypes: true, formats: { 'date-time': true } });
  const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; sequence: number; time: string });
  for (const event of events) t.true(validate(event), `${event.type}: ${ajv.errorsText(validate.errors)}`);
  t.deepEqual(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
  );
  for (const { time } of events) t.is(new Date(time).toISOString(), time);
  t.is(events[0]?.type, 'run-started');
  t.is(events.at(-1)?.type, 'run-ended');
  t.false(validate({ ...events[0], sequence: undefined }), 'a line without its number is not valid');
  t.regex(stdout, /"durationMs":/);
  t.notRegex(stdout, /"\w+Ms":\d+\.\d\d/, 'milliseconds to a tenth');
});

test('Ctrl-C once: a partial report, exit code 130, nothing left', async (t) => {
  const trace = newTrace();
  const child = startNetlab(['run', 'bridge-l2', '--events'], { env: { [TRACE_VARIABLE]: trace } });
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const { exitCode, stdout, stderr } = await ended(child);
  t.is(exitCode, 130, stderr);
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { type: string; result: RunResult };
  t.is(last.type, 'run-ended');
  t.false(last.result.complete);
  t.regex(stderr, /stopping/);
  t.deepEqual(await leftAfter(trace, 10_000), []);
});

test('Ctrl-C while a protocol is still being waited for, and while services start', async (t) => {
  for (const event of ['phase-started","phase":"build', 'phase-started","phase":"converge']) {
    const trace = newTrace();
    const child = startNetlab(['run', 'bgp', '--events'], { env: { [TRACE_VARIABLE]: trace } });
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes(event)) child.kill('SIGINT');
    });
    const { exitCode, stderr } = await ended(child);
    t.is(exitCode, 130, stderr);
    t.deepEqual(await leftAfter(trace, 10_000), []);
  }
});

test('Ctrl-C twice: at once, and still nothing left', async (t) => {
  const trace = newTrace();
  const child = startNetlab(['run', 'bridge-l2', '--events'], { env: { [TRACE_VARIABLE]: trace } });
  child.stderr?.once('data', () => child.kill('SIGINT'));
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.includes('check-started')) child.kill('SIGINT');
  });
  const { exitCode, stderr } = await ended(child);
  t.is(exitCode, 130, stderr);
  t.notRegex(stderr, /defect/);
  t.deepEqual(await leftAfter(trace, 10_000), []);
});

const HUNG_MS = 20_000;

/** Measures a lab whose process 1 is stopped meanwhile, so that it heeds nobody; asked to stop once and once more. */
async function verifyHung({ name, initPid }: LabEntry) {
  const child = startNetlab(['verify', name, '--events']);
  const tooLate = setTimeout(() => child.kill('SIGKILL'), HUNG_MS);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!chunk.includes('"check-started"')) return;
    process.kill(initPid, 'SIGSTOP');
    child.kill('SIGINT');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (chunk.includes('once more to do it at once')) child.kill('SIGINT');
  });
  try {
    return await ended(child);
  } finally {
    clearTimeout(tooLate);
    process.kill(initPid, 'SIGCONT');
  }
}

test.serial('up, ps, exec, inspect, graph, capture, verify, down', async (t) => {
  const up = await netlab(['up', 'bridge-l2', '--name', 'look']);
  t.is(up.exitCode, 0, up.stderr);
  t.regex(up.stdout, /lab look is up: 2 hosts, 4 containers/);
  t.is((await netlab(['up', 'bridge-l2', '--name', 'look'])).exitCode, 3, 'the name is taken');
  t.regex((await netlab(['ps'])).stdout, /^look +bridge-l2 /m);
  t.is((JSON.parse((await netlab(['ps', '--json'])).stdout) as unknown[]).length, 1);

  const exec = await netlab(['exec', 'look', 'h1c1', '--', 'ip', '-br', 'address']);
  t.regex(exec.stdout, /eth0@.* 10\.1\.1\.2\/16/);
  t.is((await netlab(['exec', 'look', 'h1c1', 'sh', '-c', 'exit 7'])).exitCode, 7, 'without --, too');
  t.is((await netlab(['exec', 'look', 'h9', '--', 'true'])).exitCode, 2);
  t.is((await netlab(['exec', 'look', 'h1', '--'])).exitCode, 2);
  t.is((await netlab(['exec', 'look', 'h1', '--', 'no-such-program'])).exitCode, 127);
  const quoted = await netlab(['exec', 'look', 'h1', '--', 'printf', '%s|', '$(id)', 'a b', "it's", 'x\ny']);
  t.is(quoted.stdout, "$(id)|a b|it's|x\ny|", 'words stay words');

  t.is((await netlab(['complete', '--', 'exec', 'look', 'h2'])).stdout, 'h2\nh2c1\nh2c2\n:4\n');
  t.regex((await netlab(['inspect', 'look'])).stdout, /as planned/);
  await netlab(['exec', 'look', 'h2', '--', 'ip', 'link', 'set', 'eth1', 'mtu', '1400']);
  t.regex((await netlab(['inspect', 'look', 'h2'])).stdout, /h2:eth1 .*1500 .*1400/);
  t.regex((await netlab(['graph', 'look'])).stdout, /^graph /);
  const verify = await netlab(['verify', 'look', '--only', 'path-mtu', '--json']);
  t.is(verify.exitCode, 1, verify.stdout);
  const result = JSON.parse(verify.stdout) as RunResult;
  t.is(result.promises[0]?.cell, 'BROKEN');

  const [entry] = JSON.parse((await netlab(['ps', '--json'])).stdout) as [LabEntry];
  const hung = await verifyHung(entry);
  t.is(hung.exitCode, 130, 'Ctrl-C twice ends a verify although the lab does not answer');
  const last = JSON.parse(hung.stdout.trimEnd().split('\n').at(-1) ?? '') as { type: string; result: RunResult };
  t.is(last.type, 'run-ended');
  t.like(last.result, { complete: false, promises: [], exitCode: 130 });

  const file = join(temporaryFolder(), 'h1.pcap');
  const capturing = netlab(['capture', 'look', 'h1:br0', '--count', '2', '--write', file]);
  while (!existsSync(file)) await delay(10);
  await delay(500);
  await netlab([
    'exec',
    'look',
    'h1',
    '--',
    'sh',
    '-c',
    'echo > /dev/udp/10.1.2.2/9 || bash -c "echo > /dev/udp/10.1.2.2/9"',
  ]);
  t.is((await netlab(['capture', 'look', 'h1:eth9', '--count', '1'])).exitCode, 2);
  t.is((await capturing).exitCode, 0);
  t.deepEqual([...readFileSync(file).subarray(0, 4)], [0xd4, 0xc3, 0xb2, 0xa1], 'pcap, little endian');
  const piped = await netlab(['capture', 'look', 'h1', '--seconds', '0.2']);
  t.is(piped.exitCode, 0, piped.stderr);

  const down = await netlab(['down', '--all', '--json']);
  t.is(down.exitCode, 0, down.stderr);
  t.is((JSON.parse(down.stdout) as Array<{ name: string }>)[0]?.name, 'look');
  t.regex((await netlab(['ps'])).stdout, /no lab is running/);
});

/** Only root can have a process that another user may not end. */
(process.getuid?.() === 0 ? test.serial : test.serial.skip)(
  'down of several labs: what goes wrong with one keeps none of the others up',
  async (t) => {
    const folder = join(temporaryFolder(), 'labs');
    const as = { env: { NETLAB_RUNTIME_DIR: folder }, uid: NOBODY };
    t.teardown(async () => void (await netlab(['down', 'two'], as)));
    t.is((await netlab(['up', 'bridge-l2', '--name', 'two'], as)).exitCode, 0);
    const sleeper = spawn('sleep', ['300']);
    t.teardown(() => void sleeper.kill());
    const entry = JSON.parse(readFileSync(join(folder, 'two', 'entry.json'), 'utf8')) as object;
    const one = { ...entry, name: 'one', mark: 'another', state: 'starting', process: identify(sleeper.pid ?? 0) };
    mkdirSync(join(folder, 'one'));
    writeFileSync(join(folder, 'one', 'entry.json'), JSON.stringify(one));
    const down = await netlab(['down', 'one', 'two'], as);
    t.is(down.exitCode, 3);
    t.regex(down.stderr, /lab one: lab "one" cannot be ended: its process \d+ belongs to somebody else/u);
    t.regex(down.stdout, /lab two is gone/u);
    t.notRegex((await netlab(['ps'], as)).stdout, /^two/mu);
  },
);
