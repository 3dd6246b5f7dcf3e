/** Where a benchmark is kept: a document, a page, a line of the history. */
import { constants } from 'node:fs';
import { appendFile, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '#lab/storage.js';
import type { BenchResult } from '../result/bench.js';
import { historyLine } from '../result/bench-history.js';
import { calledAs } from './called-as.js';
import { demandPlaces } from './places.js';
import { storeText } from './store-text.js';
import { tell } from './tell.js';
import { UsageError } from './usage-error.js';

/**
 * Asked before anything is measured.
 * @throws UsageError when something cannot be written; no folder is made then
 */
export async function storeBench(
  out: string | undefined,
  history: string | undefined,
  reports: readonly string[],
): Promise<(result: BenchResult) => Promise<void>> {
  if (history !== undefined) await demandNoLink(history);
  await demandPlaces({ folder: out, files: [...reports, ...(history === undefined ? [] : [history])] });
  return async (result) => {
    if (out !== undefined) await storeIn(out, result);
    // What was cut short is no point of a trend.
    if (history !== undefined && result.complete) await append(history, historyLine(result));
  };
}

/** What is added to cannot be replaced, as other files are. @throws UsageError for a symbolic link */
async function demandNoLink(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink() !== true) return;
  throw new UsageError(`no history can be added to ${JSON.stringify(file)}: it is a symbolic link`, {
    remedy: 'Give the path of the file itself.',
  });
}

async function storeIn(out: string, result: BenchResult): Promise<void> {
  const { renderBenchPage } = await import('../report/charts/bench-page.js');
  const [document, page] = [join(out, 'bench.json'), join(out, 'bench.html')];
  await storeText(document, `${JSON.stringify(result, null, 2)}\n`);
  await storeText(page, renderBenchPage(result, calledAs()));
  tell(`stored in ${document} and ${page}`);
}

/** One write of one line: several benchmarks may share the file (write(2), O_APPEND). */
async function append(file: string, line: string): Promise<void> {
  try {
    await appendFile(file, line, {
      flag: constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW,
    });
  } catch (cause) {
    throw storageError(`the history cannot be written to ${file}`, cause);
  }
}
