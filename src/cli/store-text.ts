/** Writes a result to where the user wants it, without ever following a link that somebody else may have laid there. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSpecialFile, storageError } from '#lab/storage.js';
import { writeText } from '../report/output.js';

/** Names of this process's own standard output: reopening it by one of them would write over what is there already. */
const standardOutput: readonly string[] = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

export const isStandardOutput = (file: string): boolean => standardOutput.includes(file);

/**
 * Writes a file through a second name, so that a reader never sees half of it. A link at that place is replaced, and what
 * it leads to stays as it is; a pipe or a device is written as it is; `-` is standard output.
 * @throws LabError when the disk takes no more
 */
export async function storeText(file: string, text: string): Promise<void> {
  if (isStandardOutput(file)) return await writeText(process.stdout, text);
  try {
    if (isSpecialFile(file)) await writeFile(file, text);
    else await replace(file, text);
  } catch (cause) {
    throw storageError(`the result cannot be stored in ${file}`, cause);
  }
}

/** The second name cannot be guessed, and is made anew (O_EXCL): in /tmp somebody could have laid a link there. */
async function replace(file: string, text: string): Promise<void> {
  const partial = join(dirname(file), `.netlab-${randomBytes(8).toString('hex')}.partial`);
  try {
    await writeFile(partial, text, { flag: 'wx' });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}
