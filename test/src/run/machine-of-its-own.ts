/** What the first process of a machine of its own needs (its own processes, /run, time namespace, and so locks) to stop a netlab in the act. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { holderOf } from '#lab/machine/lock-holder.js';

const [netlab = ''] = process.argv.slice(2);

export const main = (...argv: readonly string[]): ChildProcess =>
  spawn(process.execPath, [netlab, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });

export async function ended(child: ChildProcess): Promise<void> {
  child.stdout?.resume();
  child.stderr?.resume();
  await once(child, 'exit');
}

/**
 * Stops process 1 of the lab `stuck` while it has a lock, which takes some hundredths of a second: at a moment that the kernel tells.
 * @param lock its file's name
 * @param promise what it measures
 */
export async function stopWithLock(lock: 'measurement' | 'neighbour-table', promise: string): Promise<number> {
  await ended(main('up', 'bridge-l2', '--name', 'stuck'));
  const fd = openSync(`/run/netlab-locks/${lock}`, 'r');
  for (;;) {
    const measuring = main('verify', 'stuck', '--only', promise);
    measuring.stdout?.resume();
    measuring.stderr?.resume();
    while (measuring.exitCode === null) {
      const pid = stopHolder(fd);
      if (pid !== undefined) {
        measuring.kill('SIGKILL');
        return pid;
      }
      await nextTurn();
    }
  }
}

/** @returns who is stopped now and has the lock still */
function stopHolder(lock: number): number | undefined {
  const { pid } = holderOf(lock) ?? {};
  if (pid === undefined) return undefined;
  process.kill(pid, 'SIGSTOP');
  if (holderOf(lock)?.stopped === true) return pid;
  process.kill(pid, 'SIGCONT');
  return undefined;
}

/** A process that has locks on files that all can open. @returns its pid */
export async function lockForeign(files: readonly string[], asNobody: boolean): Promise<number> {
  const code =
    '$| = 1; for (@ARGV) { open my $file, "<", $_; flock $file, 2; push @open, $file } print "held\\n"; sleep 600';
  const user = asNobody ? ['setpriv', '--reuid=65534', '--clear-groups'] : ['env'];
  const child = spawn('env', [...user, 'perl', '-e', code, ...files], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}
