import { closeSync, openSync } from 'node:fs';
import type { LockFiles, Locks } from './lock.js';
import { openOwnFiles } from './lock-folder.js';

/**
 * Files to be locked, not to be read, that every user may open, and so lock for as long as he likes: see lock.ts for how far
 * they are trusted. flock(2) belongs to the inode, and each mount of procfs has inodes of its own (fs/proc/inode.c): a file
 * in /proc is one for all labs that see the same /proc, which is the machine's, or that of one container.
 */
const PROC_LOCK_FILES = {
  neighbourTable: ['stat', 'version'],
  measurement: ['loadavg', 'uptime'],
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

/**
 * @param proc the procfs whose files are locked
 * @throws Error when one of them cannot be opened; then nothing is left open
 */
export function lendMachine(proc = '/proc'): Lent {
  const opened: number[] = [];
  const keep = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  const close = (): void => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  try {
    return { ...lendFiles(proc, keep), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** @param keep told of each descriptor as soon as there is one */
function lendFiles(proc: string, keep: (fd: number) => number): Omit<Lent, 'close'> {
  const own = openOwnFiles(OWN_LOCK_FILES);
  for (const fd of own ?? []) keep(fd);
  const openOne = (name: string): number => keep(openSync(`${proc}/${name}`, 'r'));
  const openBoth = ([lock, queue]: readonly [string, string]): LockFiles => ({
    lockFd: openOne(lock),
    queueFd: openOne(queue),
  });
  const ofKernel = tryOpen(KERNEL_LOCK_FILE);
  const [tableLock, tableQueue] = PROC_LOCK_FILES.neighbourTable;
  const everybodysTable = {
    lockFd: ofKernel === undefined ? openOne(tableLock) : keep(ofKernel),
    queueFd: openOne(tableQueue),
  };
  const [ownTable, ownMeasurement] =
    own === undefined
      ? [{}, {}]
      : [{ own: { lockFd: own[0], queueFd: own[1] } }, { own: { lockFd: own[2], queueFd: own[3] } }];
  return {
    neighbourLock: { ...ownTable, everybodys: everybodysTable },
    measurementLock: { ...ownMeasurement, everybodys: openBoth(PROC_LOCK_FILES.measurement) },
    procFd: keep(openSync(proc, 'r')),
  };
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
