/** How much memory a process can still have, from what the kernel tells in text files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns what a file says; undefined when there is none, or it may not be read */
export type ReadText = (file: string) => string | undefined;

const CGROUP_ROOT = '/sys/fs/cgroup';

/** Files of a control group that tell its limit, what it uses, and what of that the kernel gives up when it needs room. */
interface Version {
  readonly limit: string;
  readonly used: string;
  /** Lines of memory.stat: page cache that nobody has used for a while, and caches of the kernel such as dentries. */
  readonly reclaimable: readonly string[];
}

/** Documentation/admin-guide/cgroup-v2.rst; `max` is no limit. */
const v2: Version = {
  limit: 'memory.max',
  used: 'memory.current',
  reclaimable: ['inactive_file', 'slab_reclaimable'],
};
/** Documentation/admin-guide/cgroup-v1/memory.rst; of the whole group, as its usage is. A number beyond all memory is no limit. */
const v1: Version = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  reclaimable: ['total_inactive_file'],
};

/**
 * Memory in bytes that can be had without swapping: the machine's, and that of every control group this process is in.
 * What only holds a cache counts as free, since the kernel gives it up: a container that has read or written many files
 * would seem full otherwise.
 * @returns Infinity where nothing is known
 */
export function availableMemory(read: ReadText = readIfThere): number {
  return Math.min(ofMachine(read('/proc/meminfo')), ...groupsOf(read).map((group) => ofGroup(read, group)));
}

function ofMachine(meminfo = ''): number {
  const kibibytes = numberAfter(meminfo, /^MemAvailable:\s+(\d+) kB/mu);
  return kibibytes === undefined ? Number.POSITIVE_INFINITY : kibibytes * 1024;
}

interface Group {
  readonly folder: string;
  readonly version: Version;
}

/**
 * This process's group and all above it, since each limits those below. Inside of a container the path may be that of the
 * machine, of which only the last part is mounted: the mounted root is looked at in any case.
 */
function groupsOf(read: ReadText): readonly Group[] {
  const lines = (read('/proc/self/cgroup') ?? '0::/\n0:memory:/').split('\n');
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/u.exec(line) ?? [];
    if (controllers === '') return upwards(CGROUP_ROOT, path).map((folder) => ({ folder, version: v2 }));
    if (controllers?.split(',').includes('memory') !== true) return [];
    return upwards(join(CGROUP_ROOT, 'memory'), path).map((folder) => ({ folder, version: v1 }));
  });
}

/** `/a/b` below `root`: root/a/b, root/a, root. */
function upwards(root: string, path = '/'): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return [...parts.map((_, index) => join(root, ...parts.slice(0, parts.length - index))), root];
}

function ofGroup(read: ReadText, { folder, version }: Group): number {
  const [limit, used] = [version.limit, version.used].map((file) => numberAfter(read(join(folder, file)), /^(\d+)$/mu));
  if (limit === undefined || used === undefined) return Number.POSITIVE_INFINITY;
  const statistics = read(join(folder, 'memory.stat'));
  const reclaimable = version.reclaimable.map(
    (name) => numberAfter(statistics, new RegExp(`^${name} (\\d+)$`, 'mu')) ?? 0,
  );
  return Math.max(
    0,
    reclaimable.reduce((sum, one) => sum + one, limit - used),
  );
}

function numberAfter(text: string | undefined, pattern: RegExp): number | undefined {
  const [, digits] = pattern.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
