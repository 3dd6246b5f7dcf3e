import { closeSync, openSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { LabError } from './errors.js';

/** Both ends of a child's pipes, of the pipe by which libuv hears that exec failed, and some for files that are opened meanwhile. */
const FILES_OF_A_CHILD = 16;

/**
 * Asked right before a process is started: without descriptors for its pipes Node.js throws inside of it, and again later as an
 * event that nobody listens to.
 * @throws LabError when this process, or the machine, has as many files open as allowed (EMFILE, ENFILE; open(2))
 */
export function demandSpareFiles(): void {
  const opened: number[] = [];
  try {
    while (opened.length < FILES_OF_A_CHILD) opened.push(openSync('/dev/null', 'r'));
  } catch (cause) {
    const { code = '', errno = 0 } = cause as NodeJS.ErrnoException;
    const [, words = code] = getSystemErrorMap().get(errno) ?? [];
    throw new LabError(`no process can be started: ${words} (${code})`, {
      cause,
      remedy:
        'Make the scenario smaller, or raise the limit of open files: ulimit -n NUMBER (the most that is allowed: ulimit -Hn).',
    });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
