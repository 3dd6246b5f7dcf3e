/** `--out DIR` */
import { constants } from 'node:fs';
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '#lab/storage.js';
import type { RunResult } from '../result/result.js';
import { makeFolder } from './make-folder.js';
import { UsageError } from './usage-error.js';

export interface ResultFolder {
  /** @returns the path of the file, for people */
  store(result: RunResult): Promise<string>;
}

/**
 * A folder for results, made when it is missing: whether it can be written is asked before the run and not after it.
 * @throws UsageError when it cannot
 */
export async function resultFolder(directory: string): Promise<ResultFolder> {
  try {
    await makeFolder(directory);
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`no result can be stored in ${JSON.stringify(directory)}: ${why}`, { cause });
  }
  return { store: (result) => store(directory, result) };
}

/** Through a second name, so that a reader never sees half of it. @throws LabError when the disk takes no more */
async function store(directory: string, result: RunResult): Promise<string> {
  const file = join(directory, `${result.scenario}.json`);
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, `${JSON.stringify(result, null, 2)}\n`);
    await rename(partial, file);
    return file;
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw storageError(`the result cannot be stored in ${file}`, cause);
  }
}
