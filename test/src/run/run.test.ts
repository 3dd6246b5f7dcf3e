/** Whole runs of the command line: verdicts, exit codes, Ctrl-C, labs beside labs, and nothing left. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { checks } from '#src/verify/checks.js';
import { promiseNames } from '#src/declaration/promise.js';
import type { RunEvent } from '#src/result/events.js';
import type { PromiseResult, RunResult } from '#src/result/result.js';
import { ended, NOBODY, startNetlab, temporaryFolder } from '../../support/cli.js';
import { catches } from '../../support/catches.js';
import { childrenOf, leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';

const main = fileURLToPath(new URL('../../../dist/bin/netlab.js', import.meta.url));
const LEFT_DEADLINE_MS = 20_000;

function scenario(cluster: string, more = '', strategy = 'bridge-l2'): string {
  const file = join(temporaryFolder(), 'test.yaml');
  writeFileSync(file, `strategy: ${strategy}\ncluster: { ${cluster} }\n${more}\n`);
  return file;
}

/** Promises that are not kept where they were made, or not found absent where they were not. */
function otherwise({ promises }: RunResult): ReadonlyArray<readonly unknown[]> {
  const isRight = ({ declared, cell }: PromiseResult) => cell === (declared === 'promised' ? 'kept' : 'absent');
  return promises
    .filter((one) => !isRight(one))
    .map(({ promise, cell, checks: [check] }) => [promise, cell, check?.reason, check?.evidence[0]?.message]);
}

const users = process.getuid?.() === 0 ? [0, NOBODY] : [process.getuid?.() ?? NOBODY];
for (const uid of users) {
  test.serial(`bridge-l2 keeps all its promises and leaves nothing, as user ${uid}`, async (t) => {
    const { exitCode, stdout, stderr } = await ended(startNetlab(['run', 'bridge-l2', '--strict', '--json'], { uid }));
    t.is(exitCode, 0, stderr);
    const result = JSON.parse(stdout) as RunResult;
    t.deepEqual(
      result.promises.map(({ promise }) => promise),
      promiseNames.filter((name) => checks.some(({ promise }) => promise === name)),
    );
    t.deepEqual(otherwise(result), []);
    t.like(result.leaks, { verified: true, leftovers: [], machineChanges: [] });
    t.deepEqual(result.drift, []);
    t.deepEqual(
      result.phases.map(({ name }) => name),
      ['sandbox', 'build', 'verify', 'teardown'],
    );
    t.is(result.environment.privilege, uid === 0 ? 'root' : 'user namespace');
    t.regex(result.environment.tools['nft'] ?? '', /\d/u);
  });
}

test.serial('a broken promise is exit code 1, one that is expected to be absent is not', async (t) => {
  const cluster = 'hosts: 2, containers: 1';
  const masqueradeOff = `strategy: { name: bridge-l2, masquerade: off }\ncluster: { ${cluster} }\nonly: [egress]\n`;
  const file = scenario(cluster);
  writeFileSync(file, `${masqueradeOff}expect: { egress: promised }\n`);
  t.is((await ended(startNetlab(['run', file]))).exitCode, 1);
  writeFileSync(file, masqueradeOff);
  const { exitCode, stdout } = await ended(startNetlab(['run', file, '--json']));
  t.is(exitCode, 0);
  t.is((JSON.parse(stdout) as RunResult).promises[0]?.cell, 'absent');
});

test.serial('what could not be measured is exit code 0, and 4 under --strict', async (t) => {
  // The tunnel leaves less than the 1280 bytes that IPv6 needs.
  const file = scenario(
    'hosts: 2, containers: 1, underlay: { kind: switch, mtu: 1300 }',
    'expect: { dual-stack: promised }\nonly: [dual-stack]',
    'vxlan',
  );
  t.is((await ended(startNetlab(['run', file]))).exitCode, 0);
  t.is((await ended(startNetlab(['run', file, '--strict']))).exitCode, 4);
});

test.serial('without nft nothing is built: exit code 3, what is missing, and the remedy', async (t) => {
  const hide = 'mount --bind /dev/null "$(command -v nft || echo /usr/sbin/nft)" && exec "$@"';
  const argv = [
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    hide,
    'sh',
    process.execPath,
    main,
    'run',
    'bridge-l2',
  ];
  const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const child = spawn('unshare', argv, { stdio: 'pipe', env: { PATH, HOME: '/tmp' } });
  const { exitCode, stdout, stderr } = await ended(child);
  t.is(exitCode, 3);
  t.regex(stdout + stderr, /nft/u);
  t.regex(stdout + stderr, /apt-get install nftables/u);
  t.notRegex(stdout + stderr, /\n\s+at /u);
});

/** Starts a run that has a lot to measure and calls back at its first check. */
async function interrupted(
  signals: number,
): Promise<{ exitCode: number | null; result: RunResult | undefined; left: number[] }> {
  const trace = newTrace();
  const child = startNetlab(['run', scenario('hosts: 3, containers: 60'), '--events'], {
    env: { [TRACE_VARIABLE]: trace },
  });
  let result: RunResult | undefined;
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const event = JSON.parse(line) as RunEvent;
    if (event.type === 'check-started') for (let count = 0; count < signals; count += 1) child.kill('SIGINT');
    if (event.type === 'run-ended') result = event.result;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, result, left: await leftAfter(trace, LEFT_DEADLINE_MS) };
}

test.serial('Ctrl-C once: the lab is taken down, a partial report is given, exit code 130', async (t) => {
  const { exitCode, result, left } = await interrupted(1);
  t.is(exitCode, 130);
  t.is(result?.complete, false);
  t.like(result?.leaks, { verified: true, leftovers: [], machineChanges: [] });
  t.deepEqual(left, []);
});

test.serial('Ctrl-C again and again: at once, and still nothing is left', async (t) => {
  const { exitCode, left } = await interrupted(3);
  t.is(exitCode, 130);
  t.deepEqual(left, []);
});

for (const name of ['SIGTERM', 'SIGHUP'] as const)
  test.serial(`${name} while netlab is still loading: a document that says so, exit code 130`, async (t) => {
    const child = startNetlab(['run', 'bridge-l2', '--json']);
    const end = ended(child);
    // Node.js itself catches the others from its start on.
    while (!catches(child.pid ?? 0, constants.signals.SIGHUP)) await nextTurn();
    child.kill(name);
    const { exitCode, stdout } = await end;
    t.is(exitCode, 130);
    t.like(JSON.parse(stdout), { exitCode: 130, complete: false, promises: [] });
  });

test.serial(
  'process 1 is killed before the sandbox is ready: that is said, and proven that nothing is left',
  async (t) => {
    const child = startNetlab(['run', 'bridge-l2', '--json']);
    const end = ended(child);
    const isUnshare = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'unshare\n';
    for (;;) {
      const [first] = childrenOf(child.pid ?? 0)
        .filter(isUnshare)
        .flatMap(childrenOf);
      if (first !== undefined) {
        process.kill(first, 'SIGKILL');
        break;
      }
      await nextTurn();
    }
    const { exitCode, stdout, stderr } = await end;
    t.is(exitCode, 3, stderr);
    const { failure, leaks } = JSON.parse(stdout) as RunResult;
    t.regex(failure?.message ?? '', /^process 1 of the lab was killed \(SIGKILL\) before it was ready$/u);
    t.like(leaks, { verified: true, leftovers: [], machineChanges: [] });
  },
);

test.serial('eight labs at once, all pairs in each: the shared neighbour table makes no false failure', async (t) => {
  t.timeout(300_000);
  const file = scenario('hosts: 2, containers: 15, ipv6: false', 'coverage: all\nonly: [container-to-container]');
  const runs = Array.from({ length: 8 }, () => ended(startNetlab(['run', file, '--json'])));
  for (const { exitCode, stdout, stderr } of await Promise.all(runs)) {
    t.is(exitCode, 0, stderr + stdout.slice(0, 3000));
    t.regex((JSON.parse(stdout) as RunResult).promises[0]?.checks[0]?.summary ?? '', /2610 flows/u);
  }
});

test.serial('200 containers on one bridge, as an ordinary user, with the table as the kernel has it', async (t) => {
  t.timeout(300_000);
  const run = startNetlab(['run', scenario('hosts: 1, containers: 200'), '--json'], { uid: NOBODY });
  const { exitCode, stdout, stderr } = await ended(run);
  const result = JSON.parse(stdout) as RunResult;
  // Between hosts there is nothing to listen to.
  t.deepEqual(
    otherwise(result).filter(([promise]) => promise !== 'encrypted'),
    [],
  );
  t.is(exitCode, 0, stderr);
});
