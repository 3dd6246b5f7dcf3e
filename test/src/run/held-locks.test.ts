/** One netlab must not hang on another one, nor on anybody else: see held-locks-inside.ts. */
import test from 'ava';
import type { RunEvent } from '#src/result/events.js';
import { insideOf, ROOT } from './machine-of-its-own-from-outside.js';

const eventsOf = (lines: readonly string[]): readonly RunEvent[] => lines.map((line) => JSON.parse(line) as RunEvent);

test('a stopped netlab and a process of another user that locks what all can lock keep nobody waiting for ever, and are named', async (t) => {
  const [first = '', ...lines] = await insideOf(new URL('held-locks-inside.ts', import.meta.url));
  const { stopped, foreign } = JSON.parse(first) as { stopped: number; foreign: number };
  const events = eventsOf(lines);
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

test('who waits before there is anything to verify tells for whom, too: in the events of a run, on stderr of up', async (t) => {
  const [only = ''] = await insideOf(new URL('held-window-inside.ts', import.meta.url));
  const { stopped, events, lines } = JSON.parse(only) as { stopped: number; events: string; lines: string };
  const types = eventsOf(events.trim().split('\n'));
  const begin = types.findIndex((event) => event.type === 'phase-started' && event.phase === 'converge');
  const end = types.findIndex((event) => event.type === 'phase-ended' && event.phase === 'converge');
  const [waiting, ...more] = types.slice(begin, end).filter((event) => event.type === 'waiting');
  t.like(waiting, { for: 'another lab', holder: { pid: stopped, lab: 'lab stuck', stopped: true } });
  const whom = more.map((event) => event.text);
  t.is(new Set(whom).size, whom.length, 'once, whatever the lab is asked for at the same time');
  t.regex(lines, new RegExp(`^netlab: waiting for lab stuck of \\S+ \\(process ${stopped}, stopped\\)$`, 'mu'));
});
