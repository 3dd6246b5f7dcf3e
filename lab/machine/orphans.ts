/**
 * Reaping, for netlab as PID 1 of its sandbox: what daemons leave behind becomes its child and stays a zombie until
 * someone waits for it. A blind waitpid(-1) would take the exit codes of libuv's own children.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { trySystemCall } from '../kernel/libc.js';
import { ownChildren } from '../process.js';

const WNOHANG = 1;

/** Ids of all children of this process, its own and those that it inherited (/proc/PID/task/TID/children, proc(5)). */
function childrenOfThisProcess(): number[] {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks).flatMap((task) => readIds(`${tasks}/${task}/children`));
}

function readIds(path: string): number[] {
  try {
    return readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // A thread that ended meanwhile: its children have moved to another thread, and its end sends no signal.
    return [];
  }
}

/** Reaps the dead among the inherited children; those that live are left alone. */
function reapOnce(): void {
  for (const pid of childrenOfThisProcess()) {
    if (!ownChildren.has(pid)) trySystemCall('waitpid', pid, Buffer.alloc(4), WNOHANG);
  }
}

/**
 * Reaps orphans from now on, at each SIGCHLD.
 * @returns a function that stops it
 */
export function reapOrphans(): () => void {
  process.on('SIGCHLD', reapOnce);
  reapOnce();
  return () => void process.off('SIGCHLD', reapOnce);
}
