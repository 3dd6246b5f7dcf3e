import { closeSync, openSync } from 'node:fs';
import type { LockFiles, Locks } from './lock.js';
import { openOwnFiles } from './lock-folder.js';

/**
 * Files to be locked, not to be read, that every user may open, and so lock for as long as he likes: see lock.ts for how far
 * they are trusted. flock(2) belongs to the inode, and each mount of procfs has inodes of its own (fs/proc/inode.c): a file
 * in /proc is one for all labs that see the same /proc, which is the machine's, or that of one container.
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
/** Files that only this user can open: see lock-folder.ts. */
const OWN_LOCK_FILES = ['neighbour-table', 'neighbour-table.queue', 'measurement', 'measurement.queue'] as const;

/** Files of the machine that are one for all sandboxes, opened for a sandbox. */
export interface Lent {
  readonly neighbourLock: Locks;
  readonly measurementLock: Locks;
  /** The /proc that this process sees: who holds a lock is seen there, and not from inside a sandbox. */
  readonly procFd: number;
  close(): void;
}

export function lendMachine(): Lent {
  const own = openOwnFiles(OWN_LOCK_FILES);
  const [tableLock, tableQueue] = PROC_LOCK_FILES.neighbourTable;
  const everybodysTable = {
    lockFd: tryOpen(KERNEL_LOCK_FILE) ?? openSync(tableLock, 'r'),
    queueFd: openSync(tableQueue, 'r'),
  };
  const everybodysMeasurement = openLock(PROC_LOCK_FILES.measurement);
  const procFd = openSync('/proc', 'r');
  const everybodys = [everybodysTable, everybodysMeasurement].flatMap(({ lockFd, queueFd }) => [lockFd, queueFd]);
  const close = (): void => {
    for (const fd of [...(own ?? []), ...everybodys, procFd]) closeSync(fd);
  };
  const [ownTable, ownMeasurement] =
    own === undefined
      ? []
      : [
          { lockFd: own[0], queueFd: own[1] },
          { lockFd: own[2], queueFd: own[3] },
        ];
  return {
    neighbourLock: { ...(ownTable === undefined ? {} : { own: ownTable }), everybodys: everybodysTable },
    measurementLock: {
      ...(ownMeasurement === undefined ? {} : { own: ownMeasurement }),
      everybodys: everybodysMeasurement,
    },
    procFd,
    close,
  };
}

function openLock([lock, queue]: readonly [string, string]): LockFiles {
  return { lockFd: openSync(lock, 'r'), queueFd: openSync(queue, 'r') };
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
