import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promiseNames } from '#src/declaration/promise.js';
import { commandWords } from '#src/report/command-name.js';
import { strategies } from '#src/strategy/index.js';
import test from 'ava';
import { pageOf } from '#src/report/topic.js';
import { controls, netlab, temporaryFolder } from '../../support/cli.js';
import { onTerminal } from '../../support/terminal.js';

test('the help names every command, the exit codes and examples, within 80 columns', async (t) => {
  const { exitCode, stdout, stderr } = await netlab(['--help']);
  t.is(exitCode, 0);
  t.is(stderr, '');
  for (const command of commandWords) t.regex(stdout, new RegExp(`^  ${command} `, 'm'));
  for (const code of [0, 1, 2, 3, 4, 130]) t.regex(stdout, new RegExp(`^  ${code} +\\S`, 'm'));
  t.regex(stdout, /^ {2}netlab run bridge-l2$/m);
  t.true(stdout.split('\n').every((line) => line.length <= 80));
  t.notRegex(stdout, controls);
});

for (const command of commandWords)
  test(`netlab ${command} --help: what it does, its arguments, examples that begin with netlab`, async (t) => {
    const { exitCode, stdout, stderr } = await netlab([command, '--help']);
    t.is(exitCode, 0, stderr);
    t.regex(stdout, new RegExp(`^Usage: netlab ${command}\\b`));
    t.regex(stdout, new RegExp(`^Examples:\\n  # .+\\n  .*netlab ${command}\\b`, 'm'));
    t.is((await netlab(['help', command])).stdout, stdout);
  });

for (const name of [...promiseNames, ...strategies.keys()])
  test(`netlab help ${name}: the page of the documentation, as text`, async (t) => {
    const { exitCode, stdout, stderr } = await netlab(['help', name]);
    t.is(exitCode, 0, stderr);
    t.true(stdout.startsWith(`${name}\n\n`));
    t.regex(stdout, /\n(What to do|What goes wrong)\n/);
    t.notRegex(stdout, /\]\(|^#/m);
    t.notRegex(stdout, controls);
  });

test('help on what is neither command, promise nor strategy is told, even where it is a path', async (t) => {
  for (const word of ['nonsense', '../README', 'README']) t.is((await netlab(['help', word])).exitCode, 2, word);
});

test('--version is that of the package', async (t) => {
  const { exitCode, stdout } = await netlab(['--version']);
  t.is(exitCode, 0);
  t.regex(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('completion: commands, options, promises in a list, scenarios, strategies', async (t) => {
  const answer = async (...words: string[]) => {
    const { exitCode, stdout } = await netlab(['complete', '--', ...words]);
    t.is(exitCode, 0);
    const lines = stdout.trimEnd().split('\n');
    return { directive: lines.at(-1), candidates: lines.slice(0, -1).map((line) => line.split('\t')[0]) };
  };
  t.deepEqual((await answer('')).candidates.slice(0, 2), ['run', 'compare']);
  t.deepEqual((await answer('re')).candidates, ['report']);
  t.deepEqual((await answer('run', '--str')).candidates, ['--strict']);
  t.true((await answer('run', '')).candidates.includes('bridge-l2'));
  t.deepEqual(await answer('run', './my-'), { directive: ':0', candidates: [] }, 'then the shell offers files');
  t.deepEqual((await answer('run', 'x', '--only', '')).candidates, [...promiseNames]);
  t.deepEqual((await answer('run', 'x', '--only', 'no-nat,path')).candidates, ['no-nat,path-mtu']);
  t.deepEqual((await answer('init', '--strategy', '')).candidates, [...strategies.keys()]);
  t.deepEqual((await answer('graph', 'x', '--format', '')).candidates, ['dot', 'mermaid', 'svg']);
  t.deepEqual((await answer('verify', '')).candidates, []);
});

test('words that have a page are listed; a page and the file of init say how netlab was called', async (t) => {
  const env = { NETLAB_COMMAND: './netlab' };
  t.regex(
    (await netlab(['--help'])).stdout,
    /Topics of help:\n {2}promises\n[^]*path-mtu[^]*strategies\n[^]*bridge-l2/u,
  );
  t.regex((await netlab(['help', 'bridge-l2'], { env })).stdout, /^ *\.\/netlab run bridge-l2/mu);
  const cwd = temporaryFolder();
  t.is((await netlab(['init', './mine.yaml'], { env, cwd })).exitCode, 0);
  t.regex(
    readFileSync(join(cwd, 'mine.yaml'), 'utf8'),
    /\.\/netlab plan \.\/mine\.yaml [^]*\.\/netlab run \.\/mine\.yaml/u,
  );
});

test('on a terminal pages, helps and messages are fitted to it; what is copied is whole', async (t) => {
  const cwd = temporaryFolder();
  const env = { NETLAB_COMMAND: './netlab', NETLAB_RUNTIME_DIR: join(cwd, 'labs') };
  for (const columns of [50, 80]) {
    const show = async (...argv: string[]) => (await onTerminal(argv, { columns, cwd, env })).shown;
    const texts = [
      await show('help', 'path-mtu'),
      await show('run', 'bridge-l2', '--only', 'nothing'),
      await show('plan', 'bridge-l2', '--set', 'cluster.hosts=1000'),
      await show('verify', 'look'),
    ];
    for (const line of texts.join('\n').split('\n')) t.true(line.length <= columns, `${columns}: ${line}`);
    t.regex(texts[3] ?? '', /^ *(?:What to do: start one: )?\.\/netlab up SCENARIO --name NAME$/m);
    for (const example of [/^ {2}\.\/netlab capture look h1:eth1 \| wireshark -k -i -$/m, /^ {2}# .*live$/m])
      t.regex(await show('capture', '--help'), example);
  }
  const piped = await netlab(['help', 'path-mtu'], { env });
  t.is(
    piped.stdout.split('\n').length,
    (pageOf('path-mtu') ?? '').split('\n').length + 1,
    'a pipe has the lines of the page',
  );
});
