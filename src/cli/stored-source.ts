/** Stored results as the command line names them. */
import type { Stored } from '../result/stored.js';
import { inputName, textOf } from './read-text.js';
import { UsageError } from './usage-error.js';

/** What a stored document is, in words. */
export const documentNames: Readonly<Record<Stored['kind'], string>> = {
  run: 'a single run',
  comparison: 'a comparison',
  bench: 'a benchmark',
  'bench-difference': 'a difference of two benchmarks',
};

/**
 * @param file `-` is standard input
 * @throws UsageError when it is no result of netlab, or one that this netlab cannot read
 */
export async function readStored(file: string): Promise<Stored> {
  const { parseStored, StoredResultError } = await import('../result/stored.js');
  const content = await textOf(file, 'store a result first: netlab run SCENARIO --out DIR');
  try {
    return parseStored(content, inputName(file));
  } catch (error) {
    if (!(error instanceof StoredResultError)) throw error;
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    throw new UsageError(error.message, { cause: error, ...remedy });
  }
}
