/**
 * The first process of a machine of its own (its own processes, /run, time namespace, and so locks), in which a netlab is
 * stopped while it measures throughput, and a process of another user has locked files that every user can lock.
 * Prints what another run has to say then: its events, one a line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { holderOf } from '#lab/machine/lock-holder.js';

const [netlab = ''] = process.argv.slice(2);
const main = (...argv: readonly string[]): ChildProcess =>
  spawn(process.execPath, [netlab, ...argv], { stdio: ['ignore', 'pipe', 'ignore'] });

async function ended(child: ChildProcess): Promise<void> {
  child.stdout?.resume();
  await once(child, 'exit');
}

/** What windows of the neighbour table are locked with: the stopped one has the others. */
async function lockTheTable(): Promise<number> {
  const files = ['/proc/stat', '/proc/version', '/proc/self/ns/time'];
  const code =
    '$| = 1; for (@ARGV) { open my $file, "<", $_; flock $file, 2; push @open, $file } print "held\\n"; sleep 600';
  const user = process.argv[3] === 'as-root' ? ['setpriv', '--reuid=65534', '--clear-groups'] : ['env'];
  const child = spawn('env', [...user, 'perl', '-e', code, ...files], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** While it measures, which takes some hundredths of a second: at a moment that the kernel tells. */
async function stopWhileItMeasures(): Promise<number> {
  await ended(main('up', 'bridge-l2', '--name', 'stuck'));
  const lock = openSync('/run/netlab-locks/measurement', 'r');
  for (;;) {
    const measuring = main('verify', 'stuck', '--only', 'throughput');
    while (measuring.exitCode === null) {
      const pid = stopHolder(lock);
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

const stopped = await stopWhileItMeasures();
const foreign = await lockTheTable();
console.log(JSON.stringify({ stopped, foreign }));
const run = main('run', 'bridge-l2', '--only', 'container-to-container,throughput', '--events');
run.stdout?.pipe(process.stdout, { end: false });
await once(run, 'exit');
process.kill(stopped, 'SIGKILL');
process.exit(0);
