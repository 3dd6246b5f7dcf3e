/** `--out DIR` */
import { join } from 'node:path';
import type { RunResult } from '../result/result.js';
import { demandFolder, storeText } from './store-text.js';

export interface ResultFolder {
  /** @returns the path of the file, for people */
  store(result: RunResult): Promise<string>;
}

/**
 * A folder for results.
 * @throws UsageError when it cannot be written
 */
export async function resultFolder(directory: string): Promise<ResultFolder> {
  await demandFolder(directory);
  return {
    async store(result) {
      const file = join(directory, `${result.scenario}.json`);
      await storeText(file, `${JSON.stringify(result, null, 2)}\n`);
      return file;
    },
  };
}
