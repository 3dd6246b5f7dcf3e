/** One netlab must not hang on another one, nor on anybody else: see held-locks-inside.ts. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runTool } from '#lab/process.js';
import type { RunEvent } from '#src/result/events.js';
import { entryFor } from '../../support/cli.js';

const inside = fileURLToPath(new URL('held-locks-inside.ts', import.meta.url));
const ROOT = process.getuid?.() === 0;
const PRIVATE = ['--mount', '--pid', '--time', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
const TIMEOUT_MS = 180_000;

test('a stopped netlab and a process of another user that locks what all can lock keep nobody waiting for ever, and are named', async (t) => {
  const user = ROOT ? [] : ['--user', '--map-root-user'];
  const script = 'mount -t tmpfs tmpfs /run && exec "$@"';
  const node = [process.execPath, '--import=tsx', inside, entryFor(undefined), ...(ROOT ? ['as-root'] : [])];
  const { stdout } = await runTool(['unshare', ...user, ...PRIVATE, 'sh', '-c', script, 'sh', ...node], {
    timeoutMs: TIMEOUT_MS,
  });
  const [first = '', ...lines] = stdout.trim().split('\n');
  const { stopped, foreign } = JSON.parse(first) as { stopped: number; foreign: number };
  const events = lines.map((line) => JSON.parse(line) as RunEvent);
  const holders = events.flatMap((event) =>
    event.type === 'waiting' && event.for === 'another lab' ? [event.holder] : [],
  );
  const byPid = new Map(holders.map((holder) => [holder?.pid, holder]));
  t.like(byPid.get(stopped), { lab: 'lab stuck', stopped: true });
  t.like(byPid.get(foreign), { program: 'perl', stopped: false, ...(ROOT ? { user: 'nobody' } : {}) });
  const ending = events.find((event) => event.type === 'run-ended');
  const promises = new Map(ending?.result.promises.map((result) => [result.promise, result]));
  t.is(promises.get('container-to-container')?.cell, 'kept');
  t.is(promises.get('throughput')?.cell, 'unverified');
  const [{ reason, remedy } = {}] = promises.get('throughput')?.checks ?? [];
  t.regex(reason ?? '', new RegExp(`^lab stuck of \\S+ \\(process ${stopped}, stopped\\) has`, 'u'));
  t.regex(remedy ?? '', new RegExp(`kill -CONT ${stopped}`, 'u'));
});
