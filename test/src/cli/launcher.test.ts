/** The launcher at the top level, in a tree of its own with an npm that only notes that it was called. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ended, NOBODY, temporaryFolder } from '../../support/cli.js';

const launcher = new URL('../../../netlab', import.meta.url).pathname;

/** Notes its calls, takes a while, and makes what npm would make. */
const npm = `#!/bin/sh
echo "$*" >>calls
sleep 0.3
case $1 in
  ci) mkdir -p node_modules ;;
  run) mkdir -p dist/bin; echo 'console.log(JSON.stringify(process.argv.slice(2)))' >dist/bin/netlab.js ;;
esac
echo noise`;

interface Tree {
  readonly top: string;
  readonly calls: () => readonly string[];
  readonly start: (argv?: readonly string[], options?: { from?: string; bin?: string; uid?: number }) => ChildProcess;
}

function program(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
}

function makeTree(): Tree {
  const top = join(temporaryFolder(), "it's a tree");
  for (const folder of ['src', 'lab']) mkdirSync(join(top, folder), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src/a.ts'])
    writeFileSync(join(top, file), '{}');
  copyFileSync(launcher, join(top, 'netlab'));
  program(join(top, 'bin'), 'npm', npm);
  symlinkSync(process.execPath, join(top, 'bin', 'node'));
  const path = (bin = 'bin') => `${join(top, bin)}:${process.env['PATH'] ?? ''}`;
  return {
    top,
    calls: () => readFileSync(join(top, 'calls'), 'utf8').trimEnd().split('\n'),
    start: (argv = [], { from = join(top, 'netlab'), bin, uid } = {}) =>
      spawn('sh', [from, ...argv], {
        cwd: '/',
        env: { PATH: path(bin), HOME: top },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(uid === undefined ? {} : { uid, gid: uid }),
      }),
  };
}

/** Newer than anything that was made before. */
function touch(file: string): void {
  const soon = Date.now() / 1000 + 2;
  utimesSync(file, soon, soon);
}

const installs = (calls: readonly string[]): number => calls.filter((call) => call.startsWith('ci')).length;
const builds = (calls: readonly string[]): number => calls.filter((call) => call.startsWith('run')).length;

test('a first start installs and builds and says so on stderr; the second does neither', async (t) => {
  const { start, calls } = makeTree();
  const first = await ended(start(['plan', 'a b', '$(id)']));
  t.is(first.exitCode, 0, first.stderr);
  t.is(first.stdout, '["plan","a b","$(id)"]\n', 'arguments as they were, and nothing else on stdout');
  t.regex(first.stderr, /installing npm packages[\s\S]*building/);
  const second = await ended(start(['plan']));
  t.is(second.stderr, '');
  t.is(calls().length, 2);
});

test('a newer source is built, a changed lock file is installed', async (t) => {
  const { top, start, calls } = makeTree();
  await ended(start());
  touch(join(top, 'src', 'a.ts'));
  await ended(start());
  t.deepEqual([installs(calls()), builds(calls())], [1, 2]);
  writeFileSync(join(top, 'package-lock.json'), '{"changed":true}');
  await ended(start());
  t.is(installs(calls()), 2);
});

test('two first starts at once: one works, the other waits', async (t) => {
  const { start, calls } = makeTree();
  const both = await Promise.all([ended(start(['a'])), ended(start(['b']))]);
  t.deepEqual(
    both.map(({ exitCode }) => exitCode),
    [0, 0],
  );
  t.deepEqual(
    both.map(({ stdout }) => stdout),
    ['["a"]\n', '["b"]\n'],
  );
  t.deepEqual([installs(calls()), builds(calls())], [1, 1]);
  t.true(both.some(({ stderr }) => stderr.includes('waiting for it')));
});

test('through a link, from anywhere', async (t) => {
  const { top, start } = makeTree();
  const link = join(temporaryFolder(), 'nl');
  symlinkSync(join(top, 'netlab'), link);
  t.is((await ended(start(['x'], { from: link }))).stdout, '["x"]\n');
});

test('netlab is told how it was called: by path, by name where PATH leads to it', async (t) => {
  const { top, start } = makeTree();
  await ended(start());
  writeFileSync(join(top, 'dist', 'bin', 'netlab.js'), 'console.log(process.env.NETLAB_COMMAND)');
  const path = join(top, 'netlab');
  t.is((await ended(start([], { from: path }))).stdout, `${path}\n`);
  const folder = temporaryFolder();
  symlinkSync(path, join(folder, 'nl'));
  const env = { PATH: `${folder}:${join(top, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: top };
  t.is((await ended(spawn('nl', [], { env }))).stdout, 'nl\n');
  t.is((await ended(spawn(['.', 'nl'].join('/'), [], { env, cwd: folder }))).stdout, './nl\n');
  t.is((await ended(spawn('sh', ['nl'], { env, cwd: folder }))).stdout, './nl\n');
});

test('an old Node.js, and none', async (t) => {
  const { top, start } = makeTree();
  program(join(top, 'old'), 'node', '#!/bin/sh\necho v18.19.0');
  const old = await ended(start([], { bin: 'old' }));
  t.is(old.exitCode, 3);
  t.regex(old.stderr, /needs Node\.js 20\.19 or newer, and .*old\/node is v?18\.19\.0/);
  t.regex(old.stderr, /What to do: /);
});

/** Only root can become somebody else. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('another user, who may not write, uses what is there, or is told who can help', async (t) => {
  const { top, start } = makeTree();
  const without = await ended(start([], { uid: NOBODY }));
  t.is(without.exitCode, 3);
  t.regex(without.stderr, /may not write to .*\nWhat to do: let root start it once/);
  await ended(start());
  touch(join(top, 'src', 'a.ts'));
  const using = await ended(start(['y'], { uid: NOBODY }));
  t.is(using.stdout, '["y"]\n', using.stderr);
});

asRoot('root in the tree of somebody else leaves nothing there that its owner cannot write', async (t) => {
  const { top, start } = makeTree();
  for (const path of [top, join(top, 'src'), join(top, 'lab')]) chownSync(path, NOBODY, NOBODY);
  t.is((await ended(start())).exitCode, 0);
  touch(join(top, 'src', 'a.ts'));
  const owner = await ended(start(['z'], { uid: NOBODY }));
  t.is(owner.stdout, '["z"]\n', owner.stderr);
});

test('a failing npm: its words, what to try, and exit code 3', async (t) => {
  const { top, start } = makeTree();
  program(join(top, 'broken'), 'npm', '#!/bin/sh\necho no network >&2\nexit 1');
  const { exitCode, stdout, stderr } = await ended(start([], { bin: 'broken' }));
  t.is(exitCode, 3);
  t.is(stdout, '');
  t.regex(stderr, /no network[\s\S]*could not be installed\nWhat to do: /);
});

test('the Tab key never installs anything', async (t) => {
  const { start } = makeTree();
  t.deepEqual(await ended(start(['complete', '--', 'r'])), { exitCode: 0, stdout: '', stderr: '' });
});

test('a source with a date in the future is built once', async (t) => {
  const { top, start, calls } = makeTree();
  const ahead = Date.now() / 1000 + 86_400;
  utimesSync(join(top, 'src', 'a.ts'), ahead, ahead);
  await ended(start());
  await ended(start());
  t.is(builds(calls()), 1);
  writeFileSync(join(top, 'src', 'b.ts'), '{}');
  await ended(start());
  t.is(builds(calls()), 2, 'and what is saved then is built, too');
});

test('--no-install: what is missing is said, and nothing installed', async (t) => {
  const { top, start } = makeTree();
  const { exitCode, stderr } = await ended(start(['run', 'x', '--no-install']));
  t.is(exitCode, 3);
  t.regex(stderr, /--no-install forbids[\s\S]*What to do: .*npm ci/);
  t.throws(() => readFileSync(join(top, 'calls')), { code: 'ENOENT' });
});
