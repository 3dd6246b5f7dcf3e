/**
 * kill -9 of any process of a run or of a lab that stays up, at random moments: nothing may be left. The moments are
 * drawn from a seed that is printed, so that a failure can be had again.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { childrenOf, leftAfter, newTrace, TRACE_VARIABLE, tracedProcesses } from '../support/traces.js';

const main = fileURLToPath(new URL('../../dist/bin/netlab.js', import.meta.url));
const seed = Number(process.env['NETLAB_TEST_SEED'] ?? Date.now() % 1e9);
const KILLS = 100;
const AT_ONCE = 4;
const DEADLINE_MS = 20_000;

/** mulberry32: a small generator whose whole state is the seed. */
function random(state: number): () => number {
  let current = state;
  return () => {
    current = (current + 0x6d2b79f5) | 0;
    let mixed = Math.imul(current ^ (current >>> 15), 1 | current);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Started {
  readonly pid: number;
  readonly trace: string;
  readonly ended: Promise<void>;
}

function start(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
  const trace = newTrace();
  const child = spawn(process.execPath, [main, ...argv], {
    stdio: 'ignore',
    env: { ...process.env, ...environment, [TRACE_VARIABLE]: trace },
  });
  return { pid: child.pid ?? 0, trace, ended: new Promise((resolve) => child.once('exit', () => resolve())) };
}

/** Any one process of it: netlab itself, unshare, process 1 of the sandbox, or what that runs. */
function victims({ pid, trace }: Started): number[] {
  const deeper = (parent: number): number[] => [parent, ...childrenOf(parent).flatMap(deeper)];
  return [...new Set([...deeper(pid), ...tracedProcesses(trace)])];
}

function strike(started: Started, chance: () => number): void {
  const all = victims(started);
  const victim = all[Math.floor(chance() * all.length)];
  try {
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
  } catch {
    // It ended by itself just now: also a moment.
  }
}

async function manyTimes(work: (chance: () => number, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < KILLS) {
      const index = next++;
      await work(random(seed + index), index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function assertNothingLeft(t: ExecutionContext, started: Started, index: number): Promise<void> {
  t.deepEqual(await leftAfter(started.trace, DEADLINE_MS), [], `strike ${index} of seed ${seed} left processes`);
}

test.serial('runs: kill -9 of any process at 100 random moments leaves nothing', async (t) => {
  t.timeout(600_000);
  const calibration = performance.now();
  await start(['run', 'bridge-l2', '--json']).ended;
  const wholeMs = (performance.now() - calibration) * 2;
  await manyTimes(async (chance, index) => {
    const started = start(['run', 'bridge-l2', '--json']);
    await delay(chance() * wholeMs);
    strike(started, chance);
    await started.ended;
    await assertNothingLeft(t, started, index);
  });
});

test.serial(
  'labs that stay up: kill -9 of any process at 100 random moments leaves nothing that the next command does not sweep',
  async (t) => {
    t.timeout(600_000);
    const registry = mkdtempSync(join(tmpdir(), 'netlab-test-'));
    const environment = { NETLAB_RUNTIME_DIR: join(registry, 'labs') };
    await manyTimes(async (chance, index) => {
      const name = `k${index}`;
      const started = start(['up', 'bridge-l2', '--name', name], environment);
      await Promise.race([started.ended, delay(chance() * 1500)]);
      strike(started, chance);
      await started.ended;
      // Killed early, `up` takes the lab with it; killed late, or not itself, the lab may be there and must go when told.
      await start(['down', name], environment).ended;
      await assertNothingLeft(t, started, index);
    });
    await start(['ps'], environment).ended;
    const left = existsSync(environment.NETLAB_RUNTIME_DIR) ? readdirSync(environment.NETLAB_RUNTIME_DIR) : [];
    t.deepEqual(left, [], `registry entries left, seed ${seed}`);
    rmSync(registry, { recursive: true, force: true });
  },
);
