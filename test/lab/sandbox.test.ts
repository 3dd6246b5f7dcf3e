/** The outer side of a sandbox: what it is given, and what the user hears when it ends by itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { runAttached } from '#lab/attached.js';
import { LabError } from '#lab/errors.js';
import { lendMachine } from '#lab/machine/lend.js';
import { MachineLock } from '#lab/machine/lock.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '#lab/sandbox.js';
import { temporaryFolder } from '../support/cli.js';
import { isolated } from './machine/isolated.js';

const inside = fileURLToPath(new URL('../../dist/lab/inside.js', import.meta.url));

/** A process 1 that answers these requests: methods of an object, as text. */
function entryThat(answers: string): string {
  const entry = join(temporaryFolder(), 'entry.mjs');
  writeFileSync(entry, `import { enterSandbox } from '${inside}';\nenterSandbox().serve({ ${answers} });\n`);
  return entry;
}

async function sandboxThat(
  t: ExecutionContext,
  answers: string,
  options: Partial<SandboxOptions> = {},
): Promise<Sandbox> {
  const sandbox = await startSandbox({ entry: entryThat(answers), ...options });
  t.teardown(() => sandbox.kill());
  return sandbox;
}

const crash = `crash: () => { process.stderr.write('Error: out of luck\\n'); process.exit(7); }`;

for (const [where, options] of [
  ['in memory', {}],
  ['in a log', { logFile: join(temporaryFolder(), 'log') }],
] as const)
  test(`who asks process 1 when it crashes hears what it said last, kept ${where}`, async (t) => {
    const { channel } = await sandboxThat(t, crash, options);
    const error = await t.throwsAsync(channel.call('crash', null), { instanceOf: LabError });
    t.regex(error?.message ?? '', /^the lab ended before it answered \(exit code \d+\)\n[^]*Error: out of luck/u);
    await t.throwsAsync(channel.call('again', null), { message: error?.message ?? '' });
  });

test('an exception in a callback of a request is the failure of that request, and process 1 goes on', async (t) => {
  const answers = [
    `fail: () => new Promise(() => setImmediate(() => { throw new Error('out of luck'); }))`,
    `lose: () => new Promise(() => queueMicrotask(() => { throw new Error('from nowhere'); }))`,
    `wait: () => new Promise((resolve) => setTimeout(() => resolve('well'), 20))`,
  ];
  const { channel } = await sandboxThat(t, answers.join());
  const [, waited] = await Promise.all([
    t.throwsAsync(channel.call('fail', null), {
      instanceOf: LabError,
      message: /^a callback failed: Error: out of luck/u,
    }),
    channel.call('wait', null),
  ]);
  t.is(waited, 'well');
  await t.throwsAsync(channel.call('lose', null), { message: /^netlab failed meanwhile[^]*: Error: from nowhere/u });
  t.is(await channel.call('wait', null), 'well');
});

test('who asks process 1 when it is killed hears that', async (t) => {
  const { channel, initPid } = await sandboxThat(t, 'wait: () => new Promise(() => undefined)');
  const waiting = channel.call('wait', null);
  process.kill(initPid, 'SIGKILL');
  await t.throwsAsync(waiting, {
    instanceOf: LabError,
    message: /^process 1 of the lab was killed .*before it answered$/u,
  });
});

test('a control socket that cannot be made is told in one sentence', async (t) => {
  const controlSocket = join(temporaryFolder(), 'taken');
  writeFileSync(controlSocket, '');
  const entry = fileURLToPath(new URL('../../dist/bin/inside.js', import.meta.url));
  const error = await t.throwsAsync(startSandbox({ entry, controlSocket }), { instanceOf: LabError });
  t.regex(error?.message ?? '', /ended at its start .*: nobody could reach the lab: .*EADDRINUSE.*taken$/u);
});

test('a log that cannot be written is told in one sentence', async (t) => {
  const logFile = join(temporaryFolder(), 'missing', 'log');
  await t.throwsAsync(startSandbox({ entry: 'x', logFile }), {
    instanceOf: LabError,
    message: /log cannot be written: /,
  });
});

test('the sandbox gets what it needs of the environment, and no secrets', async (t) => {
  Object.assign(process.env, { SOME_TOKEN: 'secret', LANG: 'tlh_QO', NETLAB_TEST_WORD: 'kept' });
  const { initPid, mark } = await sandboxThat(t, '');
  const variables = readFileSync(`/proc/${initPid}/environ`, 'utf8').split('\0');
  t.true(variables.includes('NETLAB_TEST_WORD=kept'));
  t.true(variables.includes(`NETLAB_MARK=${mark}`));
  t.true(variables.includes('LC_ALL=C.UTF-8'));
  t.true(variables.some((variable) => /^PATH=.*\/usr\/sbin/u.test(variable)));
  const names = variables.map((variable) => variable.split('=')[0] ?? '').filter((name) => name !== '');
  const allowed = /^(?:PATH|HOME|TERM|TMPDIR|LC_ALL|TZ|LD_LIBRARY_PATH|NODE_.*|NETLAB_.*)$/u;
  t.deepEqual(
    names.filter((name) => !allowed.test(name)),
    [],
  );
});

test('a program that is not there is told of with what to install', async (t) => {
  await t.throwsAsync(runAttached(['netlab-no-such'], {}), {
    instanceOf: LabError,
    message: 'cannot start netlab-no-such: no such program',
  });
});

test("the neighbour table's lock is one for labs that see different mounts of /proc", async (t) => {
  const lent = lendMachine();
  t.teardown(() => lent.close());
  const fromElsewhere = (): Promise<number> =>
    isolated(`
      import { trySystemCall } from '#lab/kernel/libc.js';
      import { lendMachine } from '#lab/machine/lend.js';
      give(trySystemCall('flock', lendMachine().neighbourLock.everybodys.lockFd, 2 | 4));
    `);
  const answer = await new MachineLock(lent.neighbourLock).hold(fromElsewhere, new AbortController().signal);
  t.is(answer, -11, 'EAGAIN: somebody has it');
});
