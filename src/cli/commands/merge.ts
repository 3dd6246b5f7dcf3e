import type { Comparison } from '../../result/comparison.js';
import type { Part } from '../../result/merge.js';
import { renderText } from '../../report/formats.js';
import { writeText } from '../../report/output.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf, type OutputSettings } from '../output.js';
import { addReportOption, type ReportFile, besideReports } from '../report-files.js';
import { defaultFolder, reportStoreOrDefault } from '../report-folder.js';
import { demandOneInput, inputName } from '../read-text.js';
import { documentNames, readStored } from '../stored-source.js';
import { UsageError } from '../usage-error.js';

interface Flags {
  readonly allowMissing?: true;
  readonly out?: string;
  readonly report?: readonly ReportFile[];
}

export function mergeCommand(): Command {
  const command = define({
    name: 'merge',
    summary: 'join the parts of a comparison that was sharded',
    description:
      'Joins what netlab compare --shard stored on several machines into one comparison, and reports it as compare ' +
      'does. Needs no root and no lab. The exit code is that of the whole comparison; 2 when the files are not all ' +
      'shards of one comparison, made by one version of netlab.',
    machine: 'json',
    examples: [
      ['netlab merge part1/comparison.json part2/comparison.json', 'two shards'],
      ['netlab merge part*/comparison.json --out whole', 'all that were collected'],
    ],
  }).argument('<FILE...>', 'stored comparisons, one for each shard; - is standard input');
  return addReportOption(command)
    .option('--allow-missing', 'report what is there although shards are missing: exit code 3')
    .option('--out <DIR>', `folder for a report in every format (default: "${defaultFolder}")`)
    .action(async (files: readonly string[]) => {
      const flags = command.opts<Flags>();
      await merge(files, flags, besideReports(outputOf(command), flags.report ?? []));
    });
}

async function merge(files: readonly string[], flags: Flags, settings: OutputSettings): Promise<void> {
  const { report = [], out, allowMissing = false } = flags;
  demandOneInput(files);
  const comparison = await mergedOf(await Promise.all(files.map(readPart)), allowMissing);
  const store = await reportStoreOrDefault({ out, report });
  const stored = { kind: 'comparison', comparison } as const;
  const { format, screen, style, verbose } = settings;
  const text =
    format === 'json' ? `${JSON.stringify(comparison, null, 2)}\n` : await renderText(stored, style, verbose);
  await writeText(screen, text);
  await store(stored);
  process.exitCode = comparison.exitCode;
}

async function readPart(file: string): Promise<Part> {
  const stored = await readStored(file);
  if (stored.kind === 'comparison') return { file: inputName(file), comparison: stored.comparison };
  throw new UsageError(
    `${inputName(file)}: ${documentNames[stored.kind]}, and netlab merge joins shards of a comparison`,
    {
      remedy: 'Make shards with: netlab compare --shard 1/2 --out part1',
    },
  );
}

async function mergedOf(parts: readonly Part[], allowMissing: boolean): Promise<Comparison> {
  const { mergeComparisons, MergeError } = await import('../../result/merge.js');
  try {
    return mergeComparisons(parts, allowMissing);
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new UsageError(error.message, {
      cause: error,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    });
  }
}
