/** `--report junit=FILE`, and `--report junit=-` for standard output. */
import { fileFormats, type FileFormat } from '../report/formats.js';
import type { Stored } from '../result/stored.js';
import { calledAs } from './called-as.js';
import { type Command, Option } from './commander.js';
import { isStandardOutput, storeText } from './store-text.js';
import { detectStyle } from './style.js';
import type { OutputSettings } from './output.js';
import { UsageError } from './usage-error.js';
import { demandWord } from './word-list.js';

/** A report that was asked for, and where it goes. */
export interface ReportFile<Format extends string = FileFormat> {
  readonly format: Format;
  readonly file: string;
}

/** @param formats those of the command */
export function addReportOption(command: Command, formats: readonly string[] = fileFormats): Command {
  return command.addOption(
    new Option(
      '--report <FORMAT=FILE>',
      `also write a report; - is standard output, and the rest is said on stderr then; may be given several times; formats: ${formats.join(', ')}`,
    ).argParser(reportFileOf(formats)),
  );
}

function reportFileOf(formats: readonly string[]) {
  return (value: string, previous: readonly ReportFile<string>[] = []): readonly ReportFile<string>[] => {
    const separator = value.indexOf('=');
    const [format, file] = separator < 0 ? [value, ''] : [value.slice(0, separator), value.slice(separator + 1)];
    demandWord('format', format, value, formats);
    if (file === '') throw new UsageError(`--report needs FORMAT=FILE, not ${JSON.stringify(value)}`);
    if (isStandardOutput(file) && hasStandardOutput(previous))
      throw new UsageError('two reports cannot both go to standard output', { remedy: 'Give one of them a file.' });
    return [...previous, { format, file }];
  };
}

const hasStandardOutput = (reports: readonly ReportFile<string>[]): boolean =>
  reports.some(({ file }) => isStandardOutput(file));

/**
 * The settings with what people read on stderr where standard output carries a report.
 * @throws UsageError when two documents would be mixed there
 */
export function besideReports(settings: OutputSettings, reports: readonly ReportFile<string>[]): OutputSettings {
  if (!hasStandardOutput(reports)) return settings;
  const { format } = settings;
  if (format === 'human')
    return { ...settings, screen: process.stderr, style: detectStyle(process.stderr, process.env) };
  throw new UsageError(`--${format} and a report to standard output exclude each other`, {
    remedy: 'Give the report a file.',
  });
}

/** @throws LabError when the disk takes no more */
export async function writeReports(reports: readonly ReportFile[], stored: Stored): Promise<void> {
  if (reports.length === 0) return;
  const { renderFile } = await import('../report/formats.js');
  await writeEach(reports, (format) => renderFile(format, stored, calledAs()));
}

/** @throws LabError when the disk takes no more */
export async function writeEach<Format extends string>(
  reports: readonly ReportFile<Format>[],
  render: (format: Format) => Promise<string>,
): Promise<void> {
  for (const { format, file } of reports) await storeText(file, await render(format));
}
