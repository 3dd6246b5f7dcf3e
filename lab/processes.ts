import { readFileSync } from 'node:fs';

/** A process for as long as it lives: process ids are used again, start times are not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the process's start: field 22 of /proc/PID/stat (proc(5)). */
  readonly startTicks: number;
}

/** Field 22, counted from the one behind the command's closing parenthesis (field 3). */
const START_FIELD = 22 - 3;

/** Whether it is stopped by a signal or a tracer: a process that a cgroup freezes (docker pause) does not look so. */
export function isStopped(pid: number, proc = '/proc'): boolean {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'latin1');
    return /^[Tt]/u.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** @returns undefined when there is no such process (any more); a zombie counts as gone */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid, startTicks: Number(fields[START_FIELD]) };
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return identify(pid)?.startTicks === startTicks;
}
