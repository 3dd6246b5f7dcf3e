import { shellWord } from '../../report/command-name.js';
import { writeText } from '../../report/output.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { inputName, textOf } from '../read-text.js';
import { storeText } from '../store-text.js';
import { UsageError } from '../usage-error.js';

export function trendCommand(): Command {
  const command = define({
    name: 'trend',
    summary: 'show the history of benchmarks as a page of charts',
    description:
      'Reads the file that netlab bench --history adds lines to, and writes an HTML page with a chart for each metric: ' +
      'ratios to the wire over time, with their intervals. Measures nothing.',
    examples: [
      ['netlab trend bench.jsonl --out trend.html', 'how the ratios have gone'],
      ['netlab bench vxlan --history bench.jsonl', 'after each change: one line more'],
    ],
  });
  return command
    .argument('<FILE>', 'a history of benchmarks')
    .option('--out <FILE>', 'where to write the page; standard output when absent')
    .action(async (file: string, { out }: { readonly out?: string }) => {
      const page = await pageOf(file);
      if (out === undefined) await writeText(process.stdout, page);
      else await storeText(out, page);
    });
}

async function pageOf(file: string): Promise<string> {
  const [{ parseHistory }, { StoredResultError }, { renderTrendPage }] = await Promise.all([
    import('../../result/bench-history.js'),
    import('../../result/stored.js'),
    import('../../report/charts/trend-page.js'),
  ]);
  try {
    const entries = parseHistory(await textOf(file, 'make one: netlab bench SCENARIO --history FILE'), inputName(file));
    if (entries.length > 0) return renderTrendPage(entries);
  } catch (error) {
    if (!(error instanceof StoredResultError)) throw error;
    throw new UsageError(error.message, {
      cause: error,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    });
  }
  throw new UsageError(`${inputName(file)}: there is no benchmark in it`, {
    remedy: `add one: netlab bench SCENARIO --history ${file === '-' ? 'FILE' : shellWord(file)}`,
  });
}
