import { writeText } from '../../report/output.js';
import type { Style } from '../../report/style.js';
import type { Stored } from '../../result/stored.js';
import { didYouMean } from '../../scenario/nearest.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { readStored } from '../stored-source.js';
import { UsageError } from '../usage-error.js';

export function reportCommand(): Command {
  const command = define({
    name: 'report',
    summary: 'show a stored result again',
    description:
      'Renders a result that netlab run or netlab compare stored, or printed with --json. Needs no root and no lab. ' +
      "Exit code 0 when it could be shown; the run's own exit code is in the result.",
    machine: 'json',
    examples: [
      ['netlab run bridge-l2 --out reports && netlab report reports/bridge-l2.json', 'store now, read later'],
      ['netlab report reports/comparison.json --run bridge-l2 --verbose', 'all about one column of a comparison'],
      ['ssh ci cat result.json | netlab report -', 'a result from elsewhere'],
    ],
  });
  return command
    .argument('<FILE>', 'a stored result; - is standard input')
    .option('--run <NAME>', 'of a comparison, only this run')
    .action(async (file: string, { run }: { readonly run?: string }) => {
      const { format, style, verbose } = outputOf(command);
      const stored = chosen(await readStored(file), run);
      await writeText(process.stdout, format === 'json' ? asJson(stored) : await asText(stored, style, verbose));
    });
}

/** @throws UsageError when there is no such run */
function chosen(stored: Stored, name: string | undefined): Stored {
  if (name === undefined) return stored;
  if (stored.kind === 'run') throw new UsageError('--run chooses from a comparison, and this is a single run');
  const { runs } = stored.comparison;
  const found = runs.find((one) => one.name === name);
  if (found !== undefined) return { kind: 'run', result: found.result };
  const names = runs.map((one) => one.name);
  const hint = didYouMean(name, names);
  const message = `there is no run ${JSON.stringify(name)} in it${hint === undefined ? '' : `; ${hint}`}`;
  throw new UsageError(message, { remedy: `Give one of: ${names.join(', ')}` });
}

function asJson(stored: Stored): string {
  return `${JSON.stringify(stored.kind === 'run' ? stored.result : stored.comparison, null, 2)}\n`;
}

async function asText(stored: Stored, style: Style, verbose: boolean): Promise<string> {
  if (stored.kind === 'run') {
    const { renderRun } = await import('../../report/terminal.js');
    return renderRun(stored.result, style, verbose);
  }
  const { renderComparison } = await import('../../report/comparison-terminal.js');
  return renderComparison(stored.comparison, style);
}
