import { closeSync, openSync, readFileSync } from 'node:fs';
import { DEFAULT_LIMIT } from './neighbour-table.js';

const LIMIT_FILE = '/proc/sys/net/ipv4/neigh/default/gc_thresh3';
const STATISTICS_FILES = ['/proc/net/stat/arp_cache', '/proc/net/stat/ndisc_cache'];
/** Any file that every user may open and that is one for the whole machine. */
const MEASUREMENT_LOCK_FILE = '/proc/loadavg';

/** Files of the machine's own namespace that a sandbox cannot open itself, opened for it. */
export interface Lent {
  readonly statisticsFds: readonly number[];
  readonly neighbourLockFd: number | undefined;
  readonly measurementLockFd: number | undefined;
  readonly neighbourLimit: number;
  close(): void;
}

/** Opens what can be opened. In a container these files may be missing: then the kernel's default limit is assumed. */
export function lendMachine(): Lent {
  const statisticsFds = STATISTICS_FILES.map(tryOpen).filter((fd) => fd !== undefined);
  const neighbourLockFd = tryOpen(LIMIT_FILE);
  const measurementLockFd = tryOpen(MEASUREMENT_LOCK_FILE);
  const neighbourLimit = neighbourLockFd === undefined ? DEFAULT_LIMIT : Number(readFileSync(LIMIT_FILE, 'utf8'));
  const close = (): void => {
    for (const fd of [...statisticsFds, neighbourLockFd, measurementLockFd]) if (fd !== undefined) closeSync(fd);
  };
  return { statisticsFds, neighbourLockFd, measurementLockFd, neighbourLimit, close };
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
