import { writeText } from '../../report/output.js';
import type { Stored } from '../../result/stored.js';
import { didYouMean } from '../../scenario/nearest.js';
import { fileFormats, type FileFormat, formatsOf, renderFile, renderText } from '../../report/formats.js';
import { calledAs } from '../called-as.js';
import { type Command, Option } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { reportStore } from '../report-folder.js';
import { documentNames, readStored } from '../stored-source.js';
import { UsageError } from '../usage-error.js';
import { oneWord } from '../word-list.js';

interface Flags {
  readonly run?: string;
  readonly format: FileFormat;
  readonly out?: string;
}

export function reportCommand(): Command {
  const command = define({
    name: 'report',
    summary: 'show a stored result again',
    description:
      'Renders what netlab run, compare or bench stored, or what they, verify, gate or diff printed with --json. Needs no ' +
      "root and no lab. Exit code 0 when it could be shown; the run's own exit code is in the result. Not every kind has " +
      'every format: of a benchmark there is no ctrf, of the difference of two no html, too.',
    machine: 'json',
    examples: [
      ['netlab run bridge-l2 --out reports && netlab report reports/bridge-l2.json', 'store now, read later'],
      ['netlab report reports/comparison.json --run bridge-l2 --verbose', 'all about one column of a comparison'],
      ['netlab report reports/comparison.json --format junit > junit.xml', 'for a CI system'],
      ['netlab report result.json --out there', 'a file in every format, from JSON that was stored elsewhere'],
      ['netlab report reports/bench.json --format markdown', 'a stored benchmark, for a merge request'],
      ['ssh ci cat result.json | netlab report -', 'a result from elsewhere'],
    ],
  });
  return command
    .argument('<FILE>', 'a stored result; - is standard input')
    .option('--run <NAME>', 'of a comparison, only this run')
    .addOption(
      new Option('--format <FORMAT>', 'how to show it')
        .choices(fileFormats)
        .argParser(oneWord('format', fileFormats))
        .default('text'),
    )
    .option('--out <DIR>', 'also store a report in every format there')
    .action(async (file: string, flags: Flags) => {
      const { format: printed, style, verbose } = outputOf(command);
      const format = printed === 'json' ? 'json' : flags.format;
      const stored = chosen(await readStored(file), flags.run);
      demandFormat(format, stored);
      const store = await reportStore(flags);
      const text =
        format === 'text' ? await renderText(stored, style, verbose) : await renderFile(format, stored, calledAs());
      await writeText(process.stdout, text);
      await store(stored);
    });
}

/** @throws UsageError with the formats that there are of such a document */
function demandFormat(format: FileFormat, { kind }: Stored): void {
  if (formatsOf[kind].includes(format)) return;
  throw new UsageError(`there is no ${format} of ${documentNames[kind]}`, {
    remedy: `Give one of: ${formatsOf[kind].join(', ')}`,
  });
}

/** @throws UsageError when there is no such run */
function chosen(stored: Stored, name: string | undefined): Stored {
  if (name === undefined) return stored;
  if (stored.kind !== 'comparison')
    throw new UsageError(`--run chooses from a comparison, and this is ${documentNames[stored.kind]}`);
  const { runs } = stored.comparison;
  const found = runs.find((one) => one.name === name);
  if (found !== undefined) return { kind: 'run', result: found.result };
  const names = runs.map((one) => one.name);
  const hint = didYouMean(name, names);
  const message = `there is no run ${JSON.stringify(name)} in it${hint === undefined ? '' : `; ${hint}`}`;
  throw new UsageError(message, { remedy: `Give one of: ${names.join(', ')}` });
}
