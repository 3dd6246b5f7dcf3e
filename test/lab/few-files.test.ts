import { spawnSync } from 'node:child_process';
import test from 'ava';

const program = (script: string, ...before: readonly string[]) =>
  spawnSync(
    'sh',
    ['-c', `${before.join('; ')}; exec "$@"`, 'sh', process.execPath, '--input-type=module', '-e', script],
    {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url).pathname,
    },
  );

test('without descriptors for a child it is said so, and nothing else happens', (t) => {
  const { stdout, stderr, status } = program(
    `
    import { closeSync, openSync } from 'node:fs';
    import { runTool } from '#lab/process.js';
    await runTool(['true'], { timeoutMs: 10_000 });
    const open = [];
    try { for (;;) open.push(openSync('/dev/null', 'r')); } catch {}
    closeSync(open.pop());
    const refusal = await runTool(['true'], { timeoutMs: 10_000 }).catch((error) => error);
    for (const fd of open) closeSync(fd);
    console.log(refusal.name, refusal.message);
    await runTool(['true'], { timeoutMs: 10_000 });
    `,
    'ulimit -n 300',
  );
  t.is(stderr, '');
  t.is(stdout, 'LabError no process can be started: too many open files (EMFILE)\n');
  t.is(status, 0);
});

test('as many namespaces as a user may have: which limit it is, and how it is raised', (t) => {
  const limited = 'echo 5 >/proc/sys/user/max_net_namespaces && exec unshare --net "$@"';
  const script = `
    import { NetworkNamespace } from '#lab/kernel/namespace.js';
    try { for (;;) NetworkNamespace.create(); } catch (error) { console.log(error.name, error.message, error.remedy); }
  `;
  const node = [process.execPath, '--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', 'sh', '-c', limited, 'sh', ...node], {
    encoding: 'utf8',
    cwd: new URL('../..', import.meta.url).pathname,
  });
  t.is(stderr, '');
  t.regex(stdout, /^NoRoomError no more network namespaces can be made: .*user\.max_net_namespaces allows/u);
  t.regex(stdout, /sudo sysctl user\.max_net_namespaces=\d+/u);
});
