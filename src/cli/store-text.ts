import { constants } from 'node:fs';
import { access, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { storageError } from '#lab/storage.js';
import { fileTrouble } from './file-trouble.js';
import { makeFolder } from './make-folder.js';
import { UsageError } from './usage-error.js';

/**
 * Makes a folder where it is missing. Whether it can be written is asked before a run and not after it.
 * @throws UsageError when it cannot
 */
export async function demandFolder(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new UsageError(`no result can be stored in ${JSON.stringify(directory)}: ${fileTrouble(cause)}`, { cause });
  }
}

/**
 * Writes a file through a second name, so that a reader never sees half of it; a pipe or a device is written as it is.
 * @throws LabError when the disk takes no more
 */
export async function storeText(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const partial = `${target}.${process.pid}.partial`;
  try {
    if (await isSpecial(target)) return await writeFile(target, text);
    await writeFile(partial, text);
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw storageError(`the result cannot be stored in ${file}`, cause);
  }
}

const isSpecial = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => !found.isFile(),
    () => false,
  );
