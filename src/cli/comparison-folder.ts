/** Where `netlab compare` and `netlab merge` leave their reports. */
import { join } from 'node:path';
import type { Comparison } from '../result/comparison.js';
import { demandFolder, storeText } from './store-text.js';
import { UsageError } from './usage-error.js';

export const defaultFolder = 'reports';

export interface ComparisonFolder {
  /** Stores every format, and says where. */
  store(comparison: Comparison): Promise<void>;
}

/**
 * The folder for a comparison. One that nobody asked for and that cannot be written is told of, and done without.
 * @throws UsageError when the one that was asked for cannot be written
 */
export async function comparisonFolder(out: string | undefined): Promise<ComparisonFolder | undefined> {
  const directory = out ?? defaultFolder;
  try {
    await demandFolder(directory);
  } catch (error) {
    if (out !== undefined || !(error instanceof UsageError)) throw error;
    process.stderr.write(`netlab: ${error.message}; give another folder with --out\n`);
    return undefined;
  }
  return { store: (comparison) => store(directory, comparison) };
}

async function store(directory: string, comparison: Comparison): Promise<void> {
  const file = join(directory, 'comparison.json');
  await storeText(file, `${JSON.stringify(comparison, null, 2)}\n`);
  process.stderr.write(`netlab: stored in ${file}; all about one run: netlab report ${file} --run NAME --verbose\n`);
}
