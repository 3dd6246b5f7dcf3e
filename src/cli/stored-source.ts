/** Stored results as the command line names them. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Stored } from '../result/stored.js';
import { fileTrouble } from './file-trouble.js';
import { UsageError } from './usage-error.js';

/**
 * @param file `-` is standard input
 * @throws UsageError when it is no result of netlab, or one that this netlab cannot read
 */
export async function readStored(file: string): Promise<Stored> {
  const { parseStored, StoredResultError } = await import('../result/stored.js');
  const content = await contentOf(file);
  try {
    return parseStored(content, file === '-' ? 'standard input' : file);
  } catch (error) {
    if (!(error instanceof StoredResultError)) throw error;
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    throw new UsageError(error.message, { cause: error, ...remedy });
  }
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${JSON.stringify(file)} cannot be read: ${fileTrouble(cause)}`, {
      cause,
      remedy: 'store a result first: netlab run SCENARIO --out DIR',
    });
  }
}
