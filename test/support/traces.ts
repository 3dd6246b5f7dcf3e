/** Finding what a netlab command has left on the machine, by a word in the environment that all it starts inherits. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export const TRACE_VARIABLE = 'NETLAB_TEST_TRACE';
export const newTrace = (): string => randomBytes(8).toString('hex');

/** Processes that carry the trace, zombies not counted: nothing of them is left but a number. */
export function tracedProcesses(trace: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${TRACE_VARIABLE}=${trace}`);
    } catch {
      return false;
    }
  });
}

/** Waits until nothing carries the trace any more. @returns what still does at the deadline */
export async function leftAfter(trace: string, deadlineMs: number): Promise<number[]> {
  const startedMs = performance.now();
  let left = tracedProcesses(trace);
  while (left.length > 0 && performance.now() - startedMs < deadlineMs) {
    await delay(10);
    left = tracedProcesses(trace);
  }
  return left;
}

/** Children of a process, as the kernel has them now. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
