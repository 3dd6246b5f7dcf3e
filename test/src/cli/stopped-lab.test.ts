/** A lab whose process 1 is stopped (SIGSTOP, a debugger) heeds nobody: whoever asks it hears that, and can end it. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { LabEntry } from '#lab/registry.js';
import { identify, isStopped } from '#lab/processes.js';
import type { RunEvent } from '#src/result/events.js';
import type { RunResult } from '#src/result/result.js';
import { catches } from '../../support/catches.js';
import { childrenOf } from '../../support/traces.js';
import { type CliResult, ended, netlab, startNetlab } from '../../support/cli.js';

/** Longer than whoever asks may wait; who hangs is ended then, and has no exit code. */
const HUNG_MS = 40_000;

async function unlessHung(t: ExecutionContext, child: ChildProcess): Promise<CliResult> {
  const tooLate = setTimeout(() => child.kill('SIGKILL'), HUNG_MS);
  t.teardown(() => void child.kill('SIGKILL'));
  child.stdin?.end();
  try {
    return await ended(child);
  } finally {
    clearTimeout(tooLate);
  }
}

/** Node.js itself catches the others from its start on. */
const listens = ({ pid = 0 }: ChildProcess): boolean => catches(pid, constants.signals.SIGHUP);

/** One signal, once it is being listened to. */
async function askedToStopOnce(t: ExecutionContext, child: ChildProcess): Promise<CliResult> {
  const waiting = setInterval(() => listens(child) && child.kill('SIGTERM') && clearInterval(waiting), 20);
  try {
    return await unlessHung(t, child);
  } finally {
    clearInterval(waiting);
  }
}

test.serial(
  'a stopped lab: verify, exec and inspect say so, one signal ends verify, and down still ends the lab',
  async (t) => {
    t.timeout(3 * HUNG_MS);
    const up = await netlab(['up', 'bridge-l2', '--name', 'stopped', '--json']);
    t.is(up.exitCode, 0, up.stderr);
    const { initPid } = JSON.parse(up.stdout) as LabEntry;
    process.kill(initPid, 'SIGSTOP');
    while (!isStopped(initPid)) await delay(1);
    const asked = [
      ['verify', 'stopped'],
      ['exec', 'stopped', 'h1', '--', 'true'],
      ['inspect', 'stopped', 'h1'],
    ];
    const hears = asked.map(async (argv) => await unlessHung(t, startNetlab(argv)));
    const signalled = askedToStopOnce(t, startNetlab(['verify', 'stopped']));
    for (const { exitCode, stderr } of await Promise.all(hears)) {
      t.is(exitCode, 3, stderr);
      t.true(stderr.includes(`lab "stopped" does not answer: its process ${initPid} is stopped (SIGSTOP)`), stderr);
      t.regex(stderr, /netlab down stopped/u);
    }
    t.is((await signalled).exitCode, 130);
    const down = await unlessHung(t, startNetlab(['down', 'stopped']));
    t.is(down.exitCode, 0, down.stderr + down.stdout);
    t.is(identify(initPid), undefined);
  },
);

for (const [title, signal, exitCode] of [
  ['a run whose process 1 is stopped fails, says so, and leaves nothing', undefined, 3],
  ['one signal ends a run whose process 1 is stopped', 'SIGTERM', 130],
] as const)
  test.serial(title, async (t) => {
    t.timeout(2 * HUNG_MS);
    const child = startNetlab(['run', 'bridge-l2', '--events']);
    let result: RunResult | undefined;
    let isSeen = false;
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const event = JSON.parse(line) as RunEvent;
      if (event.type === 'run-ended') ({ result } = event);
      if (event.type !== 'check-started' || isSeen) return;
      isSeen = true;
      process.kill(processOne(child), 'SIGSTOP');
      if (signal !== undefined) child.kill(signal);
    });
    const stderr = text(child.stderr ?? process.stdin);
    const tooLate = setTimeout(() => child.kill('SIGKILL'), HUNG_MS);
    t.teardown(() => clearTimeout(tooLate));
    const code = await new Promise((resolve) => child.once('close', resolve));
    t.is(code, exitCode, await stderr);
    t.like(result?.leaks, { verified: true, leftovers: [] });
    if (signal === undefined)
      t.regex(result?.failure?.message ?? '', /^the lab does not answer: .* is stopped \(SIGSTOP\)$/u);
  });

/** netlab, unshare, process 1 of the sandbox. */
function processOne({ pid = 0 }: ChildProcess): number {
  const [one] = childrenOf(pid).flatMap(childrenOf);
  if (one === undefined) throw new Error('there is no sandbox yet');
  return one;
}
