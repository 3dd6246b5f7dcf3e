/** Files that cannot be written: a full or read-only disk is the machine's trouble, never a defect of netlab. */
import { constants, lstatSync, openSync, rmSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { LabError } from './errors.js';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space there, or choose another place.',
  EDQUOT: 'Free some space there, or choose another place.',
  EROFS: 'Choose another place.',
};

/** Whether the disk cannot take more: whoever wrote, and wherever, that is no defect of the writer. */
export function isDiskTrouble(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in REMEDIES;
}

/**
 * An error of the file system in one clear sentence.
 * @param what was not done: `the result cannot be stored in out/a.json`
 * @returns the cause itself when it is none of the system's errors
 */
export function storageError(what: string, cause: unknown, remedy?: string): unknown {
  if (!(cause instanceof Error) || cause instanceof LabError) return cause;
  const { code = '', errno = 0 } = cause as NodeJS.ErrnoException;
  const [, words] = getSystemErrorMap().get(errno) ?? [];
  if (words === undefined) return cause;
  const help = code === 'EROFS' ? (remedy ?? REMEDIES[code]) : (REMEDIES[code] ?? remedy);
  return new LabError(`${what}: ${words} (${code})`, { cause, ...(help === undefined ? {} : { remedy: help }) });
}

/** Does what writes files. @throws LabError when the file system refuses */
export function storing<T>(what: string, work: () => T, remedy?: string): T {
  try {
    return work();
  } catch (cause) {
    throw storageError(what, cause, remedy);
  }
}

/** Links in there are the kernel's own, and lead to pipes and terminals: /dev/stdout, /dev/fd/63 of a shell's `>(...)`. */
const KERNEL_FOLDERS = /^\/(?:dev|proc)\//u;

/** Whether a file at this path is to be written as it is: a pipe, a device. What else stands there is replaced. */
export function isSpecialFile(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile() || found.isDirectory()) return false;
  return !found.isSymbolicLink() || KERNEL_FOLDERS.test(path);
}

/**
 * Opens a file for writing, emptied. A symbolic link at its place is replaced, and what it leads to stays as it is.
 * @returns its descriptor
 * @throws the system's error
 */
export function openEmptied(path: string): number {
  if (isSpecialFile(path)) return openSync(path, 'w');
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(path);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  return openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o666);
}
