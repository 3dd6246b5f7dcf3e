import { closeSync, fstatSync, openSync } from 'node:fs';
import { LabError } from '../errors.js';
import { systemCall, trySystemCall } from './libc.js';
import { SystemCallError } from './system-call-error.js';

/** clone(2) flag of a network namespace (linux/sched.h). */
const CLONE_NEWNET = 0x40000000;
/** The calling thread's own namespace: /proc/self would be the thread group leader's. */
const OWN_NAMESPACE = '/proc/thread-self/ns/net';

/** A user has as many network namespaces as allowed. */
export class NoRoomError extends LabError {
  constructor(cause: SystemCallError) {
    super('no more network namespaces can be made: this user has as many as user.max_net_namespaces allows', {
      cause,
      remedy:
        'Take down labs that are not needed (netlab ps, netlab down), or make the scenario smaller, or raise the limits:\nsudo sysctl user.max_net_namespaces=100000 user.max_mnt_namespaces=100000',
    });
  }
}

/** What may run inside a namespace: anything but something that comes back later. */
type Synchronous<T> = T extends PromiseLike<unknown> ? never : T;

/** Descriptor of the namespace that the main thread is in. The one of the start stays open as long as the process lives. */
let here = openSync(OWN_NAMESPACE, 'r');

/** A network namespace that this process holds open. It lives as long as something holds it: here, a descriptor. */
export class NetworkNamespace {
  readonly fd: number;
  /** Inode on nsfs: the namespace's identity on this machine. */
  readonly inode: number;

  private constructor(fd: number) {
    this.fd = fd;
    this.inode = fstatSync(fd).ino;
  }

  /** The namespace that the main thread is in now. */
  static current(): NetworkNamespace {
    return new NetworkNamespace(openSync(OWN_NAMESPACE, 'r'));
  }

  /**
   * Whether the thread could come back from another one. Root of a user namespace whose network is still that of the
   * machine can leave it, and is not let in again.
   */
  static mayReturn(): boolean {
    try {
      systemCall('setns', here, CLONE_NEWNET);
      return true;
    } catch {
      return false;
    }
  }

  /** Makes a new, empty namespace. The main thread stays where it was. @throws SystemCallError when it could not come back */
  static create(): NetworkNamespace {
    systemCall('setns', here, CLONE_NEWNET);
    unshareNetwork();
    try {
      return NetworkNamespace.current();
    } finally {
      moveTo(here);
    }
  }

  /**
   * Runs `work` on the main thread inside this namespace. What it makes (sockets, child processes) stays there for life;
   * the thread itself is back before anything else can run.
   * @throws what `work` throws; TypeError when it returns a promise, whose rest would run in the wrong namespace
   */
  run<T>(work: () => Synchronous<T>): T {
    const before = here;
    systemCall('setns', this.fd, CLONE_NEWNET);
    here = this.fd;
    try {
      const result = work();
      if (isThenable(result)) throw new TypeError('work inside a network namespace must be synchronous');
      return result;
    } finally {
      moveTo(before);
      here = before;
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** The kernel says "no space left on device" where the user has as many as allowed (ENOSPC, unshare(2)). */
function unshareNetwork(): void {
  const result = trySystemCall('unshare', CLONE_NEWNET);
  if (result >= 0) return;
  const refusal = new SystemCallError('unshare', -result);
  if (refusal.code !== 'ENOSPC') throw refusal;
  throw new NoRoomError(refusal);
}

/** A thread left in the wrong namespace would build or measure the wrong network: rather no process than that one. */
function moveTo(fd: number): void {
  try {
    systemCall('setns', fd, CLONE_NEWNET);
  } catch (error) {
    process.stderr.write(`netlab: cannot return from a network namespace: ${String(error)}\n`);
    process.abort();
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
