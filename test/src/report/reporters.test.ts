import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { eventLines } from '#src/report/events.js';
import { jsonReporter } from '#src/report/json.js';
import { linesReporter } from '#src/report/lines.js';
import { multiplexer } from '#src/report/multiplexer.js';
import { writeText } from '#src/report/output.js';
import { plainStyle } from '#src/report/style.js';
import { terminalReporter } from '#src/report/terminal.js';
import type { Reporter, RunEvent } from '#src/result/events.js';
import test from 'ava';
import { broken, kept } from './fixtures.js';

const events: readonly RunEvent[] = [
  { type: 'run-started', scenario: 'bridge-l2', strategy: 'bridge-l2', promises: ['egress'] },
  { type: 'phase-ended', phase: 'build', durationMs: 62 },
  { type: 'run-ended', result: kept },
];

async function outputOf(make: (output: PassThrough) => Reporter): Promise<string> {
  const output = new PassThrough();
  const written = text(output);
  const reporter = make(output);
  for (const event of events) reporter.onEvent?.(event);
  await reporter.onEnd?.(kept);
  output.end();
  return written;
}

test('--json: exactly one document', async (t) => {
  t.deepEqual(JSON.parse(await outputOf(jsonReporter)), kept);
});

test('--events: one document per line, in order, numbered, times to a tenth of a millisecond', async (t) => {
  const output = new PassThrough();
  const lines = eventLines(output, '1.2.3');
  for (const event of events) lines.onEvent(event);
  lines.onEvent({ type: 'phase-ended', phase: 'teardown', durationMs: 62.34567 } as RunEvent);
  await lines.onEnd();
  output.end();
  const printed = (await text(output))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  t.deepEqual(
    printed.map(({ sequence }) => sequence),
    [1, 2, 3, 4],
  );
  for (const [index, event] of events.entries())
    t.like(printed[index], { schemaVersion: 1, netlabVersion: '1.2.3', type: event.type });
  t.like(printed[3], { durationMs: 62.3 });
});

test('--events: measured numbers have the digits that mean something, counts and bytes all of theirs', async (t) => {
  const output = new PassThrough();
  const lines = eventLines(output, '1.2.3');
  const observations = [
    { name: 'goodputBitsPerSecond', value: 9_412_345_678 },
    { name: 'deliveredBytes', value: 123_456_789 },
    { name: 'outageMs', value: 1234.5678 },
    { name: 'roundTripMs', value: 0.012_345_678 },
    { name: 'address', value: '10.1.1.2' },
  ];
  lines.onEvent({
    type: 'x',
    observations,
    share: 0.123_456,
    median: 2_345_678.9012,
    waitedMs: 11.049,
    seed: 1_234_567,
  } as {
    readonly type: string;
  });
  await lines.onEnd();
  output.end();
  const { observations: told, ...rest } = JSON.parse(await text(output)) as { observations: typeof observations };
  t.deepEqual(
    told.map(({ value }) => value),
    [9_412_000_000, 123_456_789, 1234.6, 0.012_35, '10.1.1.2'],
  );
  t.like(rest, { share: 0.1235, median: 2_345_678.9, waitedMs: 11, seed: 1_234_567 });
});

test('--verbose: short lines', async (t) => {
  t.is(await outputOf(linesReporter), 'run bridge-l2: strategy bridge-l2\nbuild: done in 62 ms\n');
});

test('on a pipe the report is all there is', async (t) => {
  const shown = await outputOf((output) => terminalReporter(output, plainStyle));
  t.regex(shown, /^bridge-l2  netlab 0\.1\.0\n/);
  t.notRegex(shown, /\u001b/);
});

test('a reporter that fails is left out and told of once; the others go on', async (t) => {
  const heard: string[] = [];
  const troubles: unknown[] = [];
  const bad: Reporter = {
    onEvent: () => {
      throw new Error('disk full');
    },
    onEnd: () => void heard.push('bad: end'),
  };
  const late: Reporter = { onEnd: () => Promise.reject(new Error('too late')) };
  const good: Reporter = { onEvent: ({ type }) => void heard.push(type), onEnd: () => void heard.push('end') };
  const all = multiplexer([bad, late, good], (index, error) => troubles.push([index, String(error)]));
  for (const event of events) all.onEvent(event);
  await all.onEnd(kept);
  t.deepEqual(heard, ['run-started', 'phase-ended', 'run-ended', 'end']);
  t.deepEqual(troubles, [
    [0, 'Error: disk full'],
    [1, 'Error: too late'],
  ]);
});

test('a reader that went away stops nothing', async (t) => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const output = new Writable({ write: (_chunk, _encoding, done) => done(gone) });
  await t.notThrowsAsync(writeText(output, 'one'));
  await t.notThrowsAsync(writeText(output, 'two'));
});

/** Runs the choice of reporters in a process of its own, on a terminal of its own when wanted. */
async function inProcess(onTerminal: boolean, environment: Record<string, string>): Promise<string> {
  const program = [
    `import { chooseReporter } from '#src/report/choose.js';`,
    `import { detectStyle } from '#src/cli/style.js';`,
    `const { stdout, stderr, env } = process;`,
    `const style = detectStyle(stdout, env);`,
    `const phases = ['build', 'verify'];`,
    `const one = chooseReporter({ format: 'human', verbose: false, stdout, stderr, style, phases });`,
    `const result = ${JSON.stringify(broken)};`,
    `const promises = result.promises.map(({ promise }) => promise);`,
    `one.onEvent({ type: 'run-started', scenario: 'live', strategy: 'live', promises });`,
    `one.onEvent({ type: 'phase-started', phase: 'build' });`,
    `await new Promise((resolve) => setTimeout(resolve, 300));`,
    `one.onEvent({ type: 'waiting', for: 'another lab', text: 'lab demo of alice (process 7)' });`,
    `await new Promise((resolve) => setTimeout(resolve, 300));`,
    `one.onEvent({ type: 'waiting-ended' });`,
    `one.onEvent({ type: 'build-progress', done: 3, total: 8 });`,
    `for (const phase of phases) one.onEvent({ type: 'phase-ended', phase, durationMs: 1 });`,
    `for (const judged of result.promises) one.onEvent({ type: 'promise-judged', result: judged });`,
    `await one.onEnd(result);`,
  ].join('\n');
  const argv = [process.execPath, '--input-type=module', '--eval', program];
  const env = { ...process.env, ...environment, NODE_OPTIONS: '', FORCE_COLOR: undefined, NO_COLOR: '1' };
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const command = `stty cols 80 rows 40; ${quoted}`;
  const child = onTerminal
    ? spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    : spawn(argv[0] ?? '', argv.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [shown, trouble] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (child.exitCode !== 0) throw new Error(`exit ${child.exitCode}: ${trouble}${shown}`);
  return shown;
}

test('on a terminal: live progress, wiped off before the report; the cursor is given back', async (t) => {
  const shown = await inProcess(true, { LC_ALL: 'C.UTF-8', TERM: 'xterm' });
  const [progress = '', report = ''] = shown.split('netlab 0.1.0');
  t.regex(progress, /build the lab/);
  t.regex(progress, /waiting for lab demo of alice \(process 7\)/);
  t.regex(report, /path-mtu is BROKEN/);
  t.true(progress.lastIndexOf('\u001b[?25h') > progress.lastIndexOf('\u001b[?25l'));
  t.notRegex(shown, /✔ (throughput|dual-stack)/, 'what is not verified never has a tick');
  t.notRegex(report, /measure the promises/);
});

test('on a pipe: the report alone', async (t) => {
  const shown = await inProcess(false, { LC_ALL: 'C.UTF-8' });
  t.regex(shown, /^bridge-l2  netlab/);
  t.notRegex(shown, /\u001b/);
});
