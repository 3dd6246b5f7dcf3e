/** The namespaces of a lab, held open until the proof that it is gone is done. */
import { closeSync, fstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { trySystemCall } from '../kernel/libc.js';
import { holderName, markedProcesses, namespaceInode } from './leftovers.js';

/** memfd_create(2), linux/memfd.h */
const MFD_CLOEXEC = 1;

/**
 * The kernel gives the inode number of a namespace that is gone to the next one that anybody begins: a number says which
 * namespace it is only while that cannot end. Nothing runs in a namespace that is merely held, and what it takes with it
 * when it ends (links, mounts) is in it, not on the machine.
 */
export class HeldNamespaces {
  /** Inodes on nsfs, of every type. */
  readonly inodes: ReadonlySet<number>;
  readonly #fds: readonly number[];

  /**
   * Holds those that processes with the mark live in, and those that they hold: a lab's nodes are descriptors of its
   * process 1. What this process lives in is the machine's, and not held.
   */
  constructor(mark: string) {
    const held = new Map<number, number>();
    const own = new Set(targets('/proc/self/ns').map(([, target]) => target));
    for (const pid of markedProcesses(mark))
      for (const [path, target] of [...targets(`/proc/${pid}/ns`), ...targets(`/proc/${pid}/fd`)])
        if (namespaceInode(target) !== undefined && !own.has(target)) hold(path, held);
    this.inodes = new Set(held.keys());
    const sign = held.size === 0 ? -1 : trySystemCall('memfd_create', holderName(mark), MFD_CLOEXEC);
    this.#fds = [...held.values(), ...(sign < 0 ? [] : [sign])];
  }

  close(): void {
    for (const fd of this.#fds) closeSync(fd);
  }
}

/** Every link of a folder of /proc, with what it names; none when the process is gone or somebody else's. */
function targets(folder: string): (readonly [path: string, target: string])[] {
  try {
    return readdirSync(folder).flatMap((name) => targetOf(`${folder}/${name}`));
  } catch {
    return [];
  }
}

function targetOf(path: string): (readonly [path: string, target: string])[] {
  try {
    return [[path, readlinkSync(path)]];
  } catch {
    return [];
  }
}

/** By the inode of what was opened: the process may have ended since its link was read. */
function hold(path: string, held: Map<number, number>): void {
  try {
    const fd = openSync(path, 'r');
    const { ino } = fstatSync(fd);
    if (held.has(ino)) closeSync(fd);
    else held.set(ino, fd);
  } catch {
    // It is gone, or it is not ours to open.
  }
}
