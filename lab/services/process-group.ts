/** Ending a process with all that it forked. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../process.js';

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 20;
/** The kernel ends a killed process as soon as it leaves a system call; one that does not for so long is stuck. */
const KILL_DEADLINE_MS = 5000;

/**
 * Sends a signal to the group and waits until all of it has ended; what is left after the grace is killed.
 * @returns whether something had to be killed
 */
export async function endGroup(child: Child, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  child.kill(signal);
  if (await isEmptyWithin(child, graceMs)) return false;
  child.kill('SIGKILL');
  await isEmptyWithin(child, KILL_DEADLINE_MS);
  return true;
}

/** The leader is our child and tells when it ends; nothing tells it of what it forked: that is looked for, at growing intervals. */
async function isEmptyWithin(child: Child, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  const timer = new AbortController();
  await Promise.race([child.exit, delay(timeoutMs, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
  for (let waitMs = FIRST_WAIT_MS; groupMembers(child.pid).length > 0; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    if (performance.now() >= deadline) return false;
    await delay(waitMs);
  }
  return true;
}

/** Live processes of a group; those that are dead but not yet reaped (state Z) do not count. */
function groupMembers(group: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && belongs(pid, group));
}

/** `PID (COMMAND) STATE PPID PGRP ...`, where the command may hold anything (proc(5)). */
function belongs(pid: number, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state !== 'Z' && state !== 'X' && Number(pgrp) === group;
  } catch {
    return false;
  }
}
