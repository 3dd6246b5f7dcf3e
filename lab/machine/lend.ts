import { closeSync, openSync, readFileSync } from 'node:fs';
import type { LockFiles } from './lock.js';
import { DEFAULT_LIMIT } from './neighbour-table.js';

/** One table per family, each with a limit of its own: the smaller one counts. */
const LIMIT_FILES = ['ipv4', 'ipv6'].map((family) => `/proc/sys/net/${family}/neigh/default/gc_thresh3`);
const STATISTICS_FILES = ['/proc/net/stat/arp_cache', '/proc/net/stat/ndisc_cache'];
/**
 * Files to be locked, not to be read, that every user may open. flock(2) belongs to the inode, and each mount of procfs
 * has inodes of its own (fs/proc/inode.c): a file in /proc is one for all labs that see the same /proc, which is the
 * machine's, or that of one container.
 */
const PROC_LOCK_FILES = {
  neighbourTable: ['/proc/stat', '/proc/version'],
  measurement: ['/proc/loadavg', '/proc/uptime'],
} as const;
/**
 * Namespaces are inodes on nsfs, which the kernel mounts once, and container engines leave all in the first time
 * namespace: a lock on it holds for the whole kernel, as the neighbour tables do. Missing before Linux 5.6 and without
 * CONFIG_TIME_NS; there is no second file of that kind, so taking turns, and the measurements of labs in different
 * containers, know only their own /proc.
 */
const KERNEL_LOCK_FILE = '/proc/self/ns/time';

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
  const [tableLock, tableQueue] = PROC_LOCK_FILES.neighbourTable;
  const neighbourLock = {
    lockFd: tryOpen(KERNEL_LOCK_FILE) ?? openSync(tableLock, 'r'),
    queueFd: openSync(tableQueue, 'r'),
  };
  const measurementLock = openLock(PROC_LOCK_FILES.measurement);
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
