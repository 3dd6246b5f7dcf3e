import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { netlab, temporaryFolder } from '../../support/cli.js';

const execute = promisify(execFile);
const launcher = new URL('../../../dist/bin/netlab.js', import.meta.url).pathname;

async function has(program: string): Promise<boolean> {
  return await execute('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

for (const shell of ['bash', 'zsh', 'fish'])
  test(`the script for ${shell} is one that it accepts`, async (t) => {
    const { exitCode, stdout, stderr } = await netlab(['completion', shell]);
    t.is(exitCode, 0, stderr);
    t.true(stdout.length > 500);
    if (!(await has(shell))) return t.log(`${shell} is not installed: only looked at`);
    const file = join(temporaryFolder(), `script.${shell}`);
    writeFileSync(file, stdout);
    await t.notThrowsAsync(execute(shell, shell === 'fish' ? ['--no-execute', file] : ['-n', file]));
  });

/** What bash would offer when the cursor stands behind the last word. */
async function offered(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const { stdout: script } = await netlab(['completion', 'bash']);
  writeFileSync(join(folder, 'completion.bash'), script);
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const probe = `
    node() { command ${process.execPath} "$@"; }
    compopt() { :; }
    source completion.bash; source completion.bash
    COMP_WORDS=(./netlab ${quoted}); COMP_CWORD=${words.length}
    last=\${COMP_WORDS[COMP_CWORD]}; [[ $last == [=:] ]] && last=
    _netlab netlab "$last" ''
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await execute('bash', ['--norc', '-c', probe], { cwd: folder });
  if (stderr !== '') throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

function workplace(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'netlab'), `#!/bin/sh\nexec ${process.execPath} ${launcher} "$@"\n`, { mode: 0o755 });
  mkdirSync(join(folder, 'scenarios'));
  return folder;
}

test('bash: words that it splits at = and : are put together again', async (t) => {
  const folder = workplace();
  writeFileSync(join(folder, 'scenarios', 'office.yaml'), 'strategy: bridge-l2\n');
  t.deepEqual(await offered(folder, ['run', 'off']), ['office']);
  t.deepEqual(await offered(folder, ['run', 'office', '--only', '=', 'path']), ['path-mtu']);
  t.true((await offered(folder, ['run', 'office', '--only', '='])).includes('path-mtu'));
});

test('bash: neither what is typed nor the name of a file is ever run', async (t) => {
  const folder = workplace();
  for (const name of ['$(touch pwned)', '`touch pwned`', 'x;touch pwned'])
    writeFileSync(join(folder, 'scenarios', `${name}.yaml`), 'strategy: bridge-l2\n');
  symlinkSync('office.yaml', join(folder, 'scenarios', 'a b.yaml'));
  const found = await offered(folder, ['run', '']);
  t.true(found.includes('bridge-l2'));
  t.true(
    found.every((name) => /^[\w-]+$/.test(name)),
    found.join('\n'),
  );
  await offered(folder, ['exec', '$(touch pwned)', '']);
  t.false(readdirSync(folder).includes('pwned'));
});
