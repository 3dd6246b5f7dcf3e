import { closeSync, openSync } from 'node:fs';
import { systemCall } from './libc.js';

/** clone(2) flags (linux/sched.h). */
const CLONE_FS = 0x200;
const CLONE_NEWNS = 0x20000;
const CLONE_NEWUTS = 0x4000000;

/** A mount namespace and a UTS namespace, and the root and the folder that one has in there. */
interface Whereabouts {
  readonly mounts: number;
  readonly uts: number;
  /** Entering a mount namespace leads out of a chroot, so the way back in is kept. */
  readonly root: number;
  readonly folder: number;
}

/** Of the calling thread. */
function whereabouts(): Whereabouts {
  return {
    mounts: openSync('/proc/thread-self/ns/mnt', 'r'),
    uts: openSync('/proc/thread-self/ns/uts', 'r'),
    root: openSync('/', 'r'),
    folder: openSync('.', 'r'),
  };
}

/** Of the main thread, as it was at the start of the process. */
const home = whereabouts();
let here = home;

/**
 * A view of the file system and a host name that this process holds open, for what it starts in there.
 * A thread can only be moved while its root and folder are its own, and threads of libuv share theirs with the one that
 * starts them: so they are parted before each move. Those threads stay where they were.
 */
export class MountNamespace {
  readonly #there: Whereabouts;

  private constructor(there: Whereabouts) {
    this.#there = there;
  }

  /**
   * Makes a copy of what the main thread sees.
   * @param setUp runs in there, synchronously, and makes it what it is to be
   */
  static create(setUp: () => void): MountNamespace {
    systemCall('unshare', CLONE_FS | CLONE_NEWNS | CLONE_NEWUTS);
    try {
      setUp();
      process.chdir('/');
      return new MountNamespace(whereabouts());
    } finally {
      moveTo(here);
    }
  }

  /** Descriptors, for nsenter. */
  get fds(): { readonly mounts: number; readonly uts: number } {
    return this.#there;
  }

  /** Runs synchronous `work` on the main thread in there; the thread is back before anything else can run. */
  run<T>(work: () => T): T {
    const before = here;
    moveTo(this.#there);
    here = this.#there;
    try {
      return work();
    } finally {
      here = before;
      moveTo(before);
    }
  }

  close(): void {
    const { mounts, uts, root, folder } = this.#there;
    for (const fd of [mounts, uts, root, folder]) closeSync(fd);
  }
}

/** A thread that is left in the wrong one would read and write another node's files: rather no process than that one. */
function moveTo({ mounts, uts, root, folder }: Whereabouts): void {
  try {
    systemCall('unshare', CLONE_FS);
    systemCall('setns', mounts, CLONE_NEWNS);
    systemCall('setns', uts, CLONE_NEWUTS);
    systemCall('fchdir', root);
    systemCall('chroot', '.');
    systemCall('fchdir', folder);
  } catch (error) {
    process.stderr.write(`netlab: cannot move between mount namespaces: ${String(error)}\n`);
    process.abort();
  }
}
