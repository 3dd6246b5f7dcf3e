/** What the ground under netlab does not allow: one message and exit code 2, before anything is made. */
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { entryFor, temporaryFolder } from '../../support/cli.js';

const netlab = (before: string, ...argv: readonly string[]) => {
  const script = `${before}; exec "$@"`;
  const command = ['-c', script, 'sh', process.execPath, entryFor(undefined), ...argv];
  return spawnSync('sh', command, { cwd: temporaryFolder(), encoding: 'utf8' });
};

for (const argv of [['run'], ['up'], ['compare'], ['bench']]) {
  test(`a lab that this process may not open the files for is refused: ${argv.join(' ')}`, (t) => {
    const { status, stderr } = netlab('ulimit -n 100', ...argv, 'bridge-l2', '--no-install');
    t.is(status, 2);
    t.regex(stderr, /cluster\.hosts: 2 hosts with 4 containers are 11 nodes; allowed: at most 2 nodes/u);
    t.regex(stderr, /100 files open \(ulimit -Hn\).*raise the limit: ulimit -n 416/u);
    t.notRegex(stderr, /\n\s+at /u);
  });
}

test('plan shows what cannot be built here', (t) => {
  t.is(netlab('ulimit -n 100', 'plan', 'bridge-l2').status, 0);
});

for (const argv of [['plan', 'bridge-l2'], ['run', 'bridge-l2'], ['init'], ['compare']]) {
  test(`in a folder that was deleted: ${argv.join(' ')}`, (t) => {
    const { status, stderr, stdout } = netlab('mkdir gone; cd gone; rmdir ../gone', ...argv);
    t.is(status, 2);
    t.is(stdout, '');
    t.regex(
      stderr,
      /^netlab: the current folder does not exist any more: it was deleted or moved\nWhat to do: .*cd ~\n$/u,
    );
  });
}

test('the name of a folder is shown, not obeyed', (t) => {
  const sample = new URL('../../../reports/sample/comparison.json', import.meta.url).pathname;
  const { status, stderr } = netlab('true', 'merge', sample, '--out', 'out\u001B[31m\u202Ex');
  t.not(status, null);
  t.regex(stderr, /stored in .*out\\x1b\[31m\\u202ex/u);
  t.notRegex(stderr, /[\u001B\u202E]/u);
});
