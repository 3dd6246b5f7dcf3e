/** Each exit code of netlab run as a gate sees it, with --strict and the JUnit report that goes with it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ended, netlab, temporaryFolder } from '../../support/cli.js';

const main = fileURLToPath(new URL('../../../dist/bin/netlab.js', import.meta.url));

/** Runs a scenario with only one promise. @returns the exit code, and failures and errors of the JUnit report */
async function gate(scenario: string, promise: string, start = netlab) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'mine.yaml'), scenario);
  const argv = ['run', 'mine.yaml', '--strict', '--only', promise, '--report', 'junit=mine.xml'];
  const { exitCode, stderr } = await start(argv, { cwd });
  const file = join(cwd, 'mine.xml');
  const [, failures, errors] = existsSync(file)
    ? (/<testsuites [^>]*failures="(\d+)" errors="(\d+)"/.exec(readFileSync(file, 'utf8')) ?? [])
    : [];
  return { exitCode, failures, errors, stderr };
}

const pair = 'cluster: { hosts: 2, containers: 1 }\n';

test('0: all promises are kept', async (t) => {
  t.like(await gate(`strategy: bridge-l2\n${pair}`, 'egress'), { exitCode: 0, failures: '0', errors: '0' });
});

test('1: a promise is broken', async (t) => {
  const broken = `strategy: { name: bridge-l2, masquerade: off }\n${pair}expect: { egress: promised }\n`;
  t.like(await gate(broken, 'egress'), { exitCode: 1, failures: '1', errors: '0' });
});

test('2: the scenario is wrong, and no report is written', async (t) => {
  const { exitCode, failures, stderr } = await gate(`strategy: bridge-l3\n${pair}`, 'egress');
  t.is(exitCode, 2);
  t.is(failures, undefined);
  t.regex(stderr, /mine\.yaml:1:11/);
});

/** A machine without the program nft. */
const withoutNft = (argv: readonly string[], { cwd = '/' } = {}) => {
  const hide = 'mount --bind /dev/null "$(command -v nft || echo /usr/sbin/nft)" && exec "$@"';
  const inside = ['--user', '--map-root-user', '--mount', 'sh', '-c', hide, 'sh', process.execPath, main];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: cwd };
  return ended(spawn('unshare', [...inside, ...argv], { stdio: 'pipe', cwd, env }));
};

test('3: the lab cannot be built', async (t) => {
  const { exitCode, stderr } = await gate(`strategy: bridge-l2\n${pair}`, 'egress', withoutNft);
  t.is(exitCode, 3, stderr);
});

test('4: a promise could not be verified', async (t) => {
  const lonely = 'strategy: bridge-l2\ncluster: { hosts: 1, containers: 1 }\n';
  t.like(await gate(lonely, 'throughput'), { exitCode: 4, failures: '0', errors: '1' });
});
