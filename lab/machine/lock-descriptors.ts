/**
 * Which process has a lock now. flock(2) belongs to the open file, and so to every process with a descriptor of it: a child
 * that inherits one keeps the lock when its parent ends, and /proc/locks goes on naming the parent. Beside each descriptor the
 * kernel tells of locks, too (/proc/PID/fdinfo, proc(5)), where one may look: at one's own processes, or as root at all.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** `lock:	1: FLOCK  ADVISORY  WRITE 1234 00:1b:5678 0 EOF`; 0 for a process that has no number in this /proc. */
const HELD = /^lock:\t\d+: FLOCK +\S+ +\S+ +\d+ [0-9a-f]+:[0-9a-f]+:(\d+) /gmu;
/** A large lab has ten thousand descriptors: who was looked for in vain is looked for again only now and then. */
const NOBODY_FOR_MS = 5_000;

/** What a process is to one who looks at its descriptors. */
export type Sight = 'has it' | 'has it not' | 'may not be seen' | 'gone';

interface Holding {
  readonly pid: number;
  /** Where the kernel tells of its descriptor. */
  readonly path: string;
}

/** What was found last, by file. */
const holdings = new Map<bigint, Holding>();
/** What was looked for in vain last, by file. */
const inVain = new Map<bigint, { readonly named: number | undefined; readonly untilMs: number }>();

/** Whether a process has a lock on the file with that inode number. */
export function sightOf(pid: number, inode: bigint, proc: string): Sight {
  const known = holdings.get(inode);
  if (known?.pid === pid && tellsOf(inode, known.path)) return 'has it';
  try {
    const path = descriptorsOf(pid, proc).find((one) => tellsOf(inode, one));
    if (path === undefined) return 'has it not';
    holdings.set(inode, { pid, path });
    return 'has it';
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'gone' : 'may not be seen';
  }
}

/**
 * Looks at all processes.
 * @param named who took it, as /proc/locks has it
 * @returns undefined when none that may be seen has it
 */
export function findHolder(inode: bigint, named: number | undefined, proc: string): number | undefined {
  const known = holdings.get(inode);
  if (known !== undefined && tellsOf(inode, known.path)) return known.pid;
  const before = inVain.get(inode);
  if (before !== undefined && before.named === named && performance.now() < before.untilMs) return undefined;
  const pids = readdirSync(proc).filter((name) => /^\d+$/u.test(name));
  const found = pids.map(Number).find((pid) => sightOf(pid, inode, proc) === 'has it');
  if (found === undefined) inVain.set(inode, { named, untilMs: performance.now() + NOBODY_FOR_MS });
  return found;
}

function descriptorsOf(pid: number, proc: string): readonly string[] {
  const folder = `${proc}/${pid}/fdinfo`;
  return readdirSync(folder).map((name) => `${folder}/${name}`);
}

function tellsOf(inode: bigint, path: string): boolean {
  try {
    return [...readFileSync(path, 'utf8').matchAll(HELD)].some(([, found]) => found === String(inode));
  } catch {
    return false;
  }
}
