/** A disk that takes no more is told of in one sentence, wherever netlab writes. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '#lab/errors.js';
import { isDiskTrouble, storageError, storing } from '#lab/storage.js';
import { netlab, NOBODY, temporaryFolder } from '../support/cli.js';

const main = fileURLToPath(new URL('../../dist/bin/netlab.js', import.meta.url));
const diskIsFull = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 });

test('an error of the system becomes one sentence with a remedy; any other stays what it is', (t) => {
  const error = storageError('the result cannot be stored', diskIsFull);
  t.true(error instanceof LabError);
  t.like(error, { message: 'the result cannot be stored: no space left on device (ENOSPC)', cause: diskIsFull });
  t.regex((error as LabError).remedy ?? '', /space/u);
  const defect = new TypeError('undefined is not a function');
  t.is(storageError('x', defect), defect);
  t.is(
    t.throws(() =>
      storing('x', () => {
        throw defect;
      }),
    ),
    defect,
  );
  t.true(isDiskTrouble(diskIsFull));
  t.false(isDiskTrouble(defect));
});

/** Runs netlab with a file system of its own at `folder`. */
function withMount(options: string, folder: string, argv: readonly string[], more: Record<string, string> = {}) {
  const script = `mount -t tmpfs -o ${options} none "$1" && shift && exec "$@"`;
  const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', folder];
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/tmp', ...more };
  const { status, stderr, stdout } = spawnSync('unshare', [...unshare, process.execPath, main, ...argv], { env });
  return { exitCode: status, stderr: stderr.toString(), stdout: stdout.toString() };
}

function isOneClearMessage(
  t: ExecutionContext,
  { exitCode, stderr }: { exitCode: number | null; stderr: string },
  words: RegExp,
): void {
  t.is(exitCode, 3, stderr);
  t.regex(stderr, words);
  t.notRegex(stderr, /defect|\n\s+at /u);
}

for (const [what, options, words] of [
  ['has no room for an entry', 'size=64k,nr_inodes=1', /no space left on device/u],
  ['has no room for what the entry says', 'size=4k,nr_inodes=3', /no space left on device/u],
  ['is full before the lab is built', 'size=4k,nr_inodes=6', /no space left on device|nobody could reach/u],
  ['is read-only', 'ro', /read-only file system/u],
] as const)
  test(`up: a registry that ${what}`, (t) => {
    const folder = join(temporaryFolder(), 'labs');
    mkdirSync(folder, { mode: 0o700 });
    const up = withMount(`${options},mode=700`, folder, ['up', 'bridge-l2'], { NETLAB_RUNTIME_DIR: folder });
    isOneClearMessage(t, up, words);
  });

test('up: a registry that may not be made', async (t) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'closed'), { mode: 0o500 });
  const env = { NETLAB_RUNTIME_DIR: join(folder, 'closed', 'labs') };
  isOneClearMessage(t, await netlab(['up', 'bridge-l2'], { env, uid: NOBODY }), /cannot be used: permission denied/u);
});

test('run --out to a full disk: the report is shown, and then why it is not stored', (t) => {
  const folder = temporaryFolder();
  const run = withMount('size=4k,mode=700', folder, ['run', 'bridge-l2', '--out', folder]);
  isOneClearMessage(t, run, /the result cannot be stored in .*bridge-l2\.json: no space left on device/u);
  t.regex(run.stdout, /keeps all \d+ promises/u);
});

test('stdout on a full disk', (t) => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [main, 'plan', 'bridge-l2'], {
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  isOneClearMessage(
    t,
    { exitCode: status, stderr: stderr.toString() },
    /not everything could be written: no space left/u,
  );
});
