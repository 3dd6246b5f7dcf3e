/** Where a benchmark is kept: a document, a page, a line of the history. */
import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageError } from '#lab/storage.js';
import type { BenchResult } from '../result/bench.js';
import { historyLine } from '../result/bench-history.js';
import { demandFolder, storeText } from './store-text.js';

/**
 * Folders are made and tried before anything is measured.
 * @throws UsageError when one cannot be written
 */
export async function storeBench(
  out: string | undefined,
  history: string | undefined,
): Promise<(result: BenchResult) => Promise<void>> {
  if (out !== undefined) await demandFolder(out);
  if (history !== undefined) await demandFolder(dirname(history));
  return async (result) => {
    if (out !== undefined) await storeIn(out, result);
    // What was cut short is no point of a trend.
    if (history !== undefined && result.complete) await append(history, historyLine(result));
  };
}

async function storeIn(out: string, result: BenchResult): Promise<void> {
  const { renderBenchPage } = await import('../report/charts/bench-page.js');
  const [document, page] = [join(out, 'bench.json'), join(out, 'bench.html')];
  await storeText(document, `${JSON.stringify(result, null, 2)}\n`);
  await storeText(page, renderBenchPage(result));
  process.stderr.write(`netlab: stored in ${document} and ${page}\n`);
}

/** One write of one line: several benchmarks may share the file (write(2), O_APPEND). */
async function append(file: string, line: string): Promise<void> {
  try {
    await appendFile(file, line);
  } catch (cause) {
    throw storageError(`the history cannot be written to ${file}`, cause);
  }
}
