/** What this machine allows labs to take, read before anything is made. */
import { readFileSync } from 'node:fs';
import { availableMemory } from './machine/memory.js';

export interface Room {
  /** Network namespaces that this user may have (user.max_net_namespaces, namespaces(7)). */
  readonly namespaces: number;
  /** Memory that can be had without swapping, within this process's control groups: see machine/memory.ts. */
  readonly memoryBytes: number;
  /** Open files of one process: Node.js raises its soft limit to the hard one (RLIMIT_NOFILE, getrlimit(2)). */
  readonly openFiles: number;
}

export function roomHere(): Room {
  return {
    namespaces: numberIn('/proc/sys/user/max_net_namespaces', /^(\d+)/u),
    memoryBytes: availableMemory(),
    openFiles: numberIn('/proc/self/limits', /^Max open files\s+\S+\s+(\d+)/mu),
  };
}

/** Without limit where the kernel says nothing, or says so. */
function numberIn(file: string, pattern: RegExp): number {
  try {
    const [, digits] = pattern.exec(readFileSync(file, 'utf8')) ?? [];
    return digits === undefined ? Number.POSITIVE_INFINITY : Number(digits);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
