/** What lies in the registry and was not written by netlab, and a registry that cannot be written. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { runTool } from '#lab/process.js';
import { identify } from '#lab/processes.js';
import { type LabEntry, listLabs, reserveLab, sweepLabs } from '#lab/registry.js';
import { temporaryFolder } from '../support/cli.js';

function entryOf(name: string): LabEntry {
  const self = identify(process.pid) ?? { pid: process.pid, startTicks: 0 };
  const startedAt = new Date().toISOString();
  const base = { name, mark: `mark-of-${name}`, state: 'up', process: self, initPid: 0 } as const;
  return { ...base, scenario: 's', strategy: 'bridge-l2', startedAt, hosts: 1, containers: 1 };
}

/** A registry of the test's own: tests of this file run one after the other. */
function freshRegistry(t: ExecutionContext): string {
  const directory = join(temporaryFolder(), 'labs');
  process.env['NETLAB_RUNTIME_DIR'] = directory;
  t.teardown(() => delete process.env['NETLAB_RUNTIME_DIR']);
  return directory;
}

const shapes: Readonly<Record<string, unknown>> = {
  'another name': { ...entryOf('b'), name: '../../etc' },
  'a process group': { ...entryOf('b'), process: { pid: 0, startTicks: 1 } },
  'a process that is none': { ...entryOf('b'), process: 'self' },
  'no process': { ...entryOf('b'), process: undefined },
  'a number as mark': { ...entryOf('b'), mark: 1 },
  'a text as init': { ...entryOf('b'), initPid: '-1' },
  'another state': { ...entryOf('b'), state: 'gone' },
  'a list': [entryOf('b')],
  nothing: null,
};

for (const [what, shape] of Object.entries(shapes))
  test.serial(`what is no entry is none: ${what}`, (t) => {
    const directory = freshRegistry(t);
    reserveLab(entryOf('a'));
    mkdirSync(join(directory, 'b'));
    writeFileSync(join(directory, 'b', 'entry.json'), JSON.stringify(shape));
    t.deepEqual(
      listLabs(),
      listLabs().filter(({ name }) => name === 'a'),
    );
    t.deepEqual(sweepLabs(), []);
    t.true(existsSync(join(directory, 'b')), 'and it is not removed');
  });

test.serial('a registry on a read-only file system is told as that, and at once', async (t) => {
  const folder = temporaryFolder();
  const script = `mount -t tmpfs -o ro none ${folder} && exec "$@"`;
  const program = `import { changingRegistry } from '#lab/registry/folder.js';
    try { changingRegistry(() => 0); } catch (error) { console.log(error.message, error.remedy); }`;
  const { stdout } = await runTool(
    [
      'unshare',
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      'env',
      `NETLAB_RUNTIME_DIR=${folder}/labs`,
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ],
    { timeoutMs: 60_000 },
  );
  t.is(
    stdout,
    `${folder}/labs cannot be used: read-only file system (EROFS) Set NETLAB_RUNTIME_DIR to a folder of your own.\n`,
  );
});
