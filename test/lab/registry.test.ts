/** The registry under many hands at once, and after those that were killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '#lab/errors.js';
import { trySystemCall } from '#lab/kernel/libc.js';
import { runTool } from '#lab/process.js';
import { identify, isStopped } from '#lab/processes.js';
import {
  describeEnd,
  forgetLab,
  type LabEntry,
  listLabs,
  logFile,
  markEnding,
  recordLab,
  reserveLab,
  sweepLabs,
} from '#lab/registry.js';
import { changingRegistry } from '#lab/registry/folder.js';
import { temporaryFolder } from '../support/cli.js';

const LOCK_EX = 2;
const LOCK_NB = 4;
/** Of no process: ticks since the boot begin at 0, and process 1 has been started by then. */
const dead = { pid: 1, startTicks: -1 };

function entryOf(name: string, changes: Partial<LabEntry> = {}): LabEntry {
  const base = {
    name,
    mark: `mark-of-${name}`,
    state: 'up',
    process: identify(process.pid) ?? dead,
    initPid: 0,
  } as const;
  const startedAt = new Date().toISOString();
  return { ...base, scenario: 's', strategy: 'bridge-l2', startedAt, hosts: 1, containers: 1, ...changes };
}

/** A registry of the test's own: tests of this file run one after the other. */
function freshRegistry(t: ExecutionContext): string {
  const directory = join(temporaryFolder(), 'labs');
  process.env['NETLAB_RUNTIME_DIR'] = directory;
  t.teardown(() => delete process.env['NETLAB_RUNTIME_DIR']);
  return directory;
}

test.serial('a living lab is listed, keeps its name, and is not swept', (t) => {
  freshRegistry(t);
  reserveLab(entryOf('a'));
  t.throws(() => reserveLab(entryOf('a', { mark: 'another' })), { instanceOf: LabError, message: /already running/u });
  t.deepEqual(sweepLabs(), []);
  t.deepEqual(
    listLabs().map(({ mark }) => mark),
    ['mark-of-a'],
  );
});

test.serial('a dead lab is told of once, with its last words; its name is free', (t) => {
  const directory = freshRegistry(t);
  reserveLab(entryOf('a', { process: dead }));
  writeFileSync(logFile('a'), 'first\nout of luck\n');
  t.deepEqual(listLabs(), []);
  const [ended] = sweepLabs();
  t.regex(
    ended === undefined ? '' : describeEnd(ended),
    /lab a is not running any more: its process 1 was killed[^]*out of luck/u,
  );
  t.deepEqual(sweepLabs(), []);
  t.false(existsSync(directory), 'an empty registry is no registry');
  reserveLab(entryOf('a', { process: dead }));
  t.notThrows(() => reserveLab(entryOf('a')));
});

test.serial('how a lab came to its end', (t) => {
  freshRegistry(t);
  reserveLab(entryOf('a', { process: dead, state: 'starting' }));
  reserveLab(entryOf('b', { process: dead, startedAt: '2001-01-01T00:00:00.000Z' }));
  reserveLab(entryOf('c', { process: dead }));
  markEnding(entryOf('c'));
  const words = sweepLabs().map(describeEnd);
  t.regex(words[0] ?? '', /netlab up .* was killed before it was built/u);
  t.regex(words[1] ?? '', /the machine was restarted/u);
  t.regex(words[2] ?? '', /netlab down was ending it/u);
});

test.serial('what a killed up has left of an entry is swept; folders of others are not', (t) => {
  const directory = freshRegistry(t);
  mkdirSync(join(directory, '.netlab-draft'), { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, '.netlab-draft', 'entry.json.new'), '{"na');
  mkdirSync(join(directory, 'pictures'));
  mkdirSync(join(directory, '.hidden'));
  t.deepEqual(sweepLabs(), []);
  t.deepEqual(readdirSync(directory).toSorted(), ['.hidden', 'pictures']);
});

test.serial('a lab forgets itself, never the one that has its name by now', (t) => {
  freshRegistry(t);
  reserveLab(entryOf('a', { process: dead }));
  reserveLab(entryOf('a', { mark: 'younger' }));
  forgetLab(entryOf('a'));
  t.is(listLabs()[0]?.mark, 'younger');
  t.throws(() => recordLab(entryOf('a')), { instanceOf: LabError, message: /was removed while it was built/u });
});

const outOfProcess = async (code: string): Promise<string> => {
  const registry = process.env['NETLAB_RUNTIME_DIR'] ?? '';
  const argv = [process.execPath, '--input-type=module', '-e', code] as const;
  return (await runTool(argv, { timeoutMs: 60_000, environment: { NETLAB_RUNTIME_DIR: registry } })).stdout;
};

test.serial('who changes the registry waits for who is changing it', async (t) => {
  const directory = freshRegistry(t);
  reserveLab(entryOf('a', { process: dead }));
  const fd = openSync(directory, 'r');
  t.is(trySystemCall('flock', fd, LOCK_EX | LOCK_NB), 0);
  const sweeping = outOfProcess(`
    import { writeFileSync } from 'node:fs';
    import { sweepLabs } from '#lab/registry.js';
    writeFileSync(${JSON.stringify(`${directory}/../ready`)}, '');
    process.stdout.write(sweepLabs()[0].entry.name);
  `);
  while (!existsSync(join(directory, '..', 'ready'))) await delay(5);
  // Long enough for many tries; that it can sweep at all is seen below.
  await delay(200);
  t.true(existsSync(join(directory, 'a')));
  closeSync(fd);
  t.is(await sweeping, 'a');
});

test.serial('many commands at once: nobody loses an entry that is its own', async (t) => {
  freshRegistry(t);
  const worker = `
    import { forgetLab, listLabs, reserveLab, recordLab, sweepLabs } from '#lab/registry.js';
    import { identify } from '#lab/processes.js';
    import { LabError } from '#lab/errors.js';
    const me = identify(process.pid);
    const dead = { pid: 1, startTicks: -1 };
    let won = 0;
    for (let turn = 0; turn < 100; turn += 1) {
      const entry = { name: 'same', mark: process.pid + '-' + turn, state: 'starting', process: me, startedAt: new Date().toISOString(), initPid: 0, scenario: 's', strategy: 'bridge-l2', hosts: 1, containers: 1 };
      try {
        reserveLab(entry);
      } catch (error) {
        if (!(error instanceof LabError) || !/already running/.test(error.message)) throw error;
        sweepLabs();
        continue;
      }
      won += 1;
      sweepLabs();
      if (listLabs().find((lab) => lab.name === 'same')?.mark !== entry.mark) throw new Error('lost after ' + won);
      // Every other one dies without a word.
      recordLab({ ...entry, state: 'up', process: turn % 2 === 0 ? dead : me });
      if (turn % 2 === 1) forgetLab(entry);
    }
    process.stdout.write(String(won));
  `;
  const won = await Promise.all(Array.from({ length: 6 }, async () => Number(await outOfProcess(worker))));
  t.true(
    won.some((turns) => turns > 0),
    won.join(' '),
  );
  sweepLabs();
  t.deepEqual(listLabs(), []);
});

test.serial(
  'a folder that comes and goes all the time is made again; where it cannot be, one sentence says so',
  async (t) => {
    const directory = freshRegistry(t);
    const others = spawn(process.execPath, [
      '-e',
      `const { mkdirSync, rmdirSync } = require('node:fs');
     for (;;) for (const change of [mkdirSync, rmdirSync]) try { change(${JSON.stringify(directory)}, { mode: 0o700 }); } catch {}`,
    ]);
    t.teardown(() => others.kill());
    while (!existsSync(directory)) await delay(1);
    const turns = Array.from({ length: 500 }, (_, turn) => changingRegistry(() => turn));
    t.is(turns.length, 500, 'none was refused');
    process.env['NETLAB_RUNTIME_DIR'] = join(directory, '..', 'nowhere', 'labs');
    symlinkSync('gone', join(directory, '..', 'nowhere'));
    t.throws(() => changingRegistry(() => t.fail()), {
      instanceOf: LabError,
      message: /labs cannot be used: no such file/u,
    });
  },
);

test.serial('who keeps the registry for too long is named', async (t) => {
  const directory = freshRegistry(t);
  mkdirSync(directory, { mode: 0o700 });
  const code = '$| = 1; open F, "<", shift; flock F, 2; print "held\\n"; sleep 60';
  const holder = spawn('env', ['perl', '-e', code, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  holder.kill('SIGSTOP');
  while (!isStopped(holder.pid ?? 0)) await delay(1);
  const error = t.throws(() => changingRegistry(() => t.fail(), 200), { instanceOf: LabError });
  t.is(error?.message, `another netlab (process ${holder.pid}, stopped) has held the lock of ${directory} for 0.2 s`);
  t.regex(error?.remedy ?? '', new RegExp(`kill -CONT ${holder.pid}`, 'u'));
});
