/** The registry's folder: where it lies, whose it is, and its lock. */
import { closeSync, existsSync, fstatSync, lstatSync, mkdirSync, openSync, rmdirSync, statSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LabError } from '../errors.js';
import { trySystemCall } from '../kernel/libc.js';
import { remedyFor } from '../machine/held-file.js';
import { holderOf } from '../machine/lock-holder.js';
import { storageError, storing } from '../storage.js';
import type { LockHolder } from '../waits.js';

const OWNER_ONLY = 0o700;
const WRITABLE_BY_OTHERS = 0o022;
/** flock(2), sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;
/** The lock is held for a few small files at a time; who has it for so long is stopped (SIGSTOP) or stuck. */
const LOCK_DEADLINE_MS = 10_000;
const RETRY_MS = 2;
const ANOTHER_PLACE = 'Set NETLAB_RUNTIME_DIR to a folder of your own.';

/** /run for root, the session's runtime directory for a user, else a folder of the user's own in /tmp. NETLAB_RUNTIME_DIR overrides. */
export function registryDirectory(): string {
  const { env } = process;
  const chosen = env['NETLAB_RUNTIME_DIR'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return '/run/netlab';
  const session = env['XDG_RUNTIME_DIR'];
  return session !== undefined && existsSync(session) ? join(session, 'netlab') : join(tmpdir(), `netlab-${uid}`);
}

/** Whether there is a registry. @throws LabError when others can write to it */
export function hasRegistry(): boolean {
  try {
    demandOwn(registryDirectory());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw storageError(`${registryDirectory()} cannot be used`, error, ANOTHER_PLACE);
  }
}

/**
 * In /tmp anybody could have made the folder first, and what its entries name is ended by `down`.
 * @throws LabError when others can write to it
 */
function demandOwn(directory: string): string {
  const found = lstatSync(directory);
  const isOwn = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & WRITABLE_BY_OTHERS) === 0;
  if (isOwn) return directory;
  throw new LabError(
    `${directory} is not a folder that only you can write to (user ${found.uid}, mode ${(found.mode & 0o777).toString(8)})`,
    { remedy: ANOTHER_PLACE },
  );
}

/**
 * Does what changes the registry while no other netlab of this user does: flock(2) on the folder itself, which the kernel
 * drops when its holder dies. The folder is made before when it is missing, and removed afterwards when nothing is in it.
 * @throws LabError when it cannot be written, or somebody holds the lock for too long
 */
export function changingRegistry<T>(work: (directory: string) => T, deadlineMs = LOCK_DEADLINE_MS): T {
  const directory = registryDirectory();
  const fd = openLocked(directory, deadlineMs);
  try {
    return storing(`${directory} cannot be written`, () => work(directory), ANOTHER_PLACE);
  } finally {
    removeEmpty(directory);
    closeSync(fd);
  }
}

/** A folder that its last user has removed meanwhile is made again: who still waits for the old one's lock gets nothing. */
function openLocked(directory: string, deadlineMs: number): number {
  const startMs = performance.now();
  while (performance.now() - startMs < deadlineMs) {
    const fd = openOwn(directory);
    if (fd === undefined) continue;
    if (tryLock(fd) && isStillAt(fd, directory)) return fd;
    closeSync(fd);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
  throw heldTooLong(directory, whoHas(directory), deadlineMs);
}

function whoHas(directory: string): LockHolder | undefined {
  const fd = openOwn(directory);
  if (fd === undefined) return undefined;
  const holder = holderOf(fd);
  closeSync(fd);
  return holder;
}

/** Nobody but this user's netlabs can open the folder. */
function heldTooLong(directory: string, holder: LockHolder | undefined, deadlineMs: number): LabError {
  const who = holder === undefined ? '' : ` (process ${holder.pid}${holder.stopped ? ', stopped' : ''})`;
  const remedy = 'See whether a netlab command is stopped (Ctrl-Z), and let it go on or end it.';
  return new LabError(`another netlab${who} has held the lock of ${directory} for ${deadlineMs / 1000} s`, {
    remedy: holder === undefined ? remedy : remedyFor(holder),
  });
}

function makeFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: OWNER_ONLY });
  } catch (error) {
    // It was there, and gone when mkdirSync looked whether it is a folder: another netlab has just removed it.
    const wasThere = (error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(dirname(directory));
    if (!wasThere) throw error;
    // Or it cannot be made: with `recursive` Node.js says ENOENT of a read-only file system, and without it EROFS.
    makeAgain(directory);
  }
}

function makeAgain(directory: string): void {
  try {
    mkdirSync(directory, { mode: OWNER_ONLY });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @returns undefined when another netlab has just removed it */
function openOwn(directory: string): number | undefined {
  return storing(
    `${directory} cannot be used`,
    () => {
      makeFolder(directory);
      try {
        return openSync(demandOwn(directory), 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    ANOTHER_PLACE,
  );
}

/** True also where the file system has no such locks (NFS): then two commands at the same moment may disturb each other. */
function tryLock(fd: number): boolean {
  const { EAGAIN, EINTR } = constants.errno;
  return ![-EAGAIN, -EINTR].includes(trySystemCall('flock', fd, LOCK_EX | LOCK_NB));
}

function isStillAt(fd: number, directory: string): boolean {
  const there = statSync(directory, { throwIfNoEntry: false });
  return there !== undefined && there.ino === fstatSync(fd).ino;
}

function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Labs are in there, or it is not ours to remove.
  }
}
