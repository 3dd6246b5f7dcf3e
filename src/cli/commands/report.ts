import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { writeText } from '../../report/output.js';
import type { RunResult } from '../../result/result.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { UsageError } from '../usage-error.js';

export function reportCommand(): Command {
  const command = define({
    name: 'report',
    summary: 'show a stored result again',
    description:
      'Renders a result that netlab run stored, or printed with --json. Needs no root and no lab. ' +
      "Exit code 0 when it could be shown; the run's own exit code is in the result.",
    machine: 'json',
    examples: [
      ['netlab run bridge-l2 --out reports && netlab report reports/bridge-l2.json', 'store now, read later'],
      ['ssh ci cat result.json | netlab report -', 'a result from elsewhere'],
    ],
  });
  return command.argument('<FILE>', 'a stored result; - is standard input').action(async (file: string) => {
    const { format, style, verbose } = outputOf(command);
    const result = await readResult(file);
    if (format === 'json') return await writeText(process.stdout, `${JSON.stringify(result, null, 2)}\n`);
    const { renderRun } = await import('../../report/terminal.js');
    await writeText(process.stdout, renderRun(result, style, verbose));
  });
}

/** @throws UsageError when it is no result of netlab, or one that this netlab cannot read */
async function readResult(file: string): Promise<RunResult> {
  const { parseResult, StoredResultError } = await import('../../result/stored.js');
  const content = await contentOf(file);
  try {
    return parseResult(content, file === '-' ? 'standard input' : file);
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
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${JSON.stringify(file)} cannot be read: ${why}`, {
      cause,
      remedy: 'store a result first: netlab run SCENARIO --out DIR',
    });
  }
}
