import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { loadScenario, packageScenariosDirectory, scenarioNames } from '#src/scenario/load.js';
import { ScenarioError } from '#src/scenario/problem.js';
import { strategies } from '#src/strategy/index.js';

const test = anyTest as TestFn<{ cwd: string; load: (name: string) => ReturnType<typeof loadScenario> }>;

test.beforeEach(async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'netlab-scenarios-'));
  await mkdir(join(cwd, 'scenarios'));
  t.context = { cwd, load: (name) => loadScenario(name, { cwd, strategies }) };
});
test.afterEach.always((t) => rm(t.context.cwd, { recursive: true }));

const valid = 'strategy: bridge-l2\n';

test('a name is looked up in ./scenarios first, then in the package', async (t) => {
  const { cwd, load } = t.context;
  t.is((await load('bridge-l2')).file, join(packageScenariosDirectory(), 'bridge-l2.yaml'));
  await writeFile(join(cwd, 'scenarios', 'bridge-l2.yaml'), `${valid}name: own\n`);
  const { file, scenario } = await load('bridge-l2');
  t.deepEqual([file, scenario.name], [join(cwd, 'scenarios', 'bridge-l2.yaml'), 'own']);
});

test('a path works too, and gives the scenario its name', async (t) => {
  const { cwd, load } = t.context;
  await writeFile(join(cwd, 'mine.yml'), valid);
  t.is((await load('mine.yml')).scenario.name, 'mine');
  t.is((await load(join(cwd, 'mine.yml'))).scenario.name, 'mine');
});

test("the package's scenarios all load, and the talk's uses its own network", async (t) => {
  const names = await scenarioNames(t.context);
  t.true(names.includes('bridge-l2'));
  for (const name of names) t.is((await t.context.load(name)).scenario.name, name);
  t.like((await t.context.load('bridge-l2-talk')).scenario.strategy.parameters, { network: '10.2.0.0/16' });
});

test('an unknown name lists those that there are', async (t) => {
  const error = await t.throwsAsync(t.context.load('bridge-l22'), { instanceOf: ScenarioError });
  t.regex(error?.message ?? '', /no scenario "bridge-l22"; there are .*bridge-l2.*; did you mean bridge-l2\?/);
  t.is(error instanceof ScenarioError ? error.exitCode : undefined, 2);
});

test('a name never leaves the directory of scenarios', async (t) => {
  const { cwd, load } = t.context;
  await writeFile(join(cwd, 'secret.yaml'), valid);
  for (const name of ['../secret', 'a\0b', '', '.', '..', 'a\nb', '$(reboot)', 'x'.repeat(10_000)]) {
    await t.throwsAsync(load(name), { instanceOf: ScenarioError }, JSON.stringify(name.slice(0, 20)));
  }
});

const files: ReadonlyArray<readonly [title: string, name: string, bytes: Buffer, expected: RegExp | undefined]> = [
  ['a byte order mark', 'bom.yaml', Buffer.from(`\ufeff${valid}`), undefined],
  [
    'Windows line ends',
    'crlf.yaml',
    Buffer.from('strategy: bridge-l2\r\ncluster: { hosts: 0 }\r\n'),
    /crlf\.yaml:2:19: /,
  ],
  ['UTF-16', 'utf16.yaml', Buffer.from(`\ufeff${valid}`, 'utf16le'), /utf16\.yaml:1:1: the file is not UTF-8/],
  [
    'a stray byte',
    'byte.yaml',
    Buffer.from([...Buffer.from('a: 1\nb: '), 0xff]),
    /byte\.yaml:2:4: the file is not UTF-8/,
  ],
  ['nothing', 'empty.yaml', Buffer.alloc(0), /empty\.yaml:1:1: the file is empty/],
  ['3 MB', 'big.yaml', Buffer.alloc(3_000_000, '#\n'), /big\.yaml:1:1: it has more than 262144 characters/],
  [
    'a name that is none',
    'my scenario.yaml',
    Buffer.from(valid),
    /my scenario\.yaml:1:1: name: the file's base name "my scenario"/,
  ],
  ['a line feed in its name', 'a\nb.yaml', Buffer.from('x: 1'), /^a\\u000ab\.yaml:1:1: /],
];
for (const [title, name, bytes, expected] of files) {
  test(`a file with ${title}`, async (t) => {
    const path = join(t.context.cwd, name);
    await writeFile(path, bytes);
    if (expected === undefined) await t.notThrowsAsync(t.context.load(path));
    else await t.throwsAsync(t.context.load(path), { instanceOf: ScenarioError, message: expected });
  });
}

test('directories and devices are no scenarios, and nothing waits for them', async (t) => {
  for (const path of ['scenarios', '/dev/zero', '/dev/tty']) {
    await t.throwsAsync(t.context.load(path), {
      instanceOf: ScenarioError,
      message: / is a (?:folder|device), and a scenario is a file/,
    });
  }
});
