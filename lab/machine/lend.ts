import { closeSync, openSync, readFileSync } from 'node:fs';
import type { LockFiles } from './lock.js';
import { DEFAULT_LIMIT } from './neighbour-table.js';

/** One table per family, each with a limit of its own: the smaller one counts. */
const LIMIT_FILES = ['ipv4', 'ipv6'].map((family) => `/proc/sys/net/${family}/neigh/default/gc_thresh3`);
const STATISTICS_FILES = ['/proc/net/stat/arp_cache', '/proc/net/stat/ndisc_cache'];
/** Any files that every user may open and that are one for the whole machine: to be locked, not to be read. */
const NEIGHBOUR_LOCK_FILES = ['/proc/stat', '/proc/version'] as const;
const MEASUREMENT_LOCK_FILES = ['/proc/loadavg', '/proc/uptime'] as const;

/** Files of the machine's own namespace that a sandbox cannot open itself, opened for it. */
export interface Lent {
  readonly statisticsFds: readonly number[];
  readonly neighbourLock: LockFiles;
  readonly measurementLock: LockFiles;
  readonly neighbourLimit: number;
  close(): void;
}

/** Opens what can be opened. In a container the table's files may be missing: then the kernel's default limit is assumed. */
export function lendMachine(): Lent {
  const statisticsFds = STATISTICS_FILES.map(tryOpen).filter((fd) => fd !== undefined);
  const neighbourLock = openLock(NEIGHBOUR_LOCK_FILES);
  const measurementLock = openLock(MEASUREMENT_LOCK_FILES);
  const locks = [neighbourLock, measurementLock].flatMap(({ lockFd, queueFd }) => [lockFd, queueFd]);
  const neighbourLimit = Math.min(...LIMIT_FILES.map(readLimit));
  const close = (): void => {
    for (const fd of [...statisticsFds, ...locks]) closeSync(fd);
  };
  return { statisticsFds, neighbourLock, measurementLock, neighbourLimit, close };
}

function openLock([lock, queue]: readonly [string, string]): LockFiles {
  return { lockFd: openSync(lock, 'r'), queueFd: openSync(queue, 'r') };
}

function readLimit(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return DEFAULT_LIMIT;
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
