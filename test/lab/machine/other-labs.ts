/** Labs that take turns with each other, as a test needs them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locks, Patience } from '#lab/machine/lock.js';
import { temporaryFolder } from '../../support/cli.js';

/** On every Debian; flock(1) would be gone when somebody asks who it was. */
const HOLD = '$| = 1; open F, "<", shift; flock F, 2; print "held\\n"; sleep 60';

export const never = new AbortController().signal;
export const short: Patience = { ownMs: 20, everybodysMs: 20 };

interface Test {
  teardown(work: () => void): void;
}

/** Of the tests of one file, which run one after the other. */
const folder = temporaryFolder();
const [lock, queue] = [join(folder, 'lock'), join(folder, 'queue')];
export const lockPath = lock;
for (const path of [lock, queue]) writeFileSync(path, '');

/** As another lab would open them: flock(2) belongs to the open file, so two opens in one process are two labs. */
export function openFiles(t: Test): Required<Pick<Locks, 'own'>> {
  const own = { lockFd: openSync(lock, 'r'), queueFd: openSync(queue, 'r') };
  t.teardown(() => {
    closeSync(own.lockFd);
    closeSync(own.queueFd);
  });
  return { own };
}

function startHolder(t: Test, ...title: readonly string[]): ChildProcess {
  const child = spawn('env', ['perl', '-e', HOLD, lock, ...title], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** A lab in a process of its own, which has the lock until it is ended. @param title last word of its command line */
export async function otherLab(t: Test, ...title: readonly string[]): Promise<ChildProcess> {
  const child = startHolder(t, ...title);
  await held(child);
  return child;
}

/** Another one, which has it as soon as the present holder lets go. */
export async function nextLab(t: Test): Promise<ChildProcess> {
  const child = startHolder(t);
  const isBlocked = new RegExp(`-> FLOCK .* ${child.pid} `, 'u');
  while (!isBlocked.test(readFileSync('/proc/locks', 'utf8'))) await delay(5);
  return child;
}

/** A child prints its number as soon as its parent, which took the lock, is gone. */
const INHERIT =
  '$| = 1; open F, "<", shift; flock F, 2; my $parent = $$; if (fork) { exit } ' +
  'select undef, undef, undef, 0.002 while -e "/proc/$parent"; print "$parent $$\\n"; sleep 60';

/** A process that has the lock, without having asked for it: its parent did, and has ended. */
export async function inheritedLock(t: Test): Promise<{ readonly parent: number; readonly heir: number }> {
  const child = spawn('env', ['perl', '-e', INHERIT, lock], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [parent = 0, heir = 0] = String(line).trim().split(' ').map(Number);
  t.teardown(() => process.kill(heir, 'SIGKILL'));
  return { parent, heir };
}

export async function held({ stdout }: ChildProcess): Promise<void> {
  if (stdout !== null) await once(stdout, 'data');
}
