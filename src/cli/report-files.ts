/** `--report junit=FILE` */
import { dirname } from 'node:path';
import { fileFormats, type FileFormat } from '../report/formats.js';
import type { Stored } from '../result/stored.js';
import { didYouMean } from '../scenario/nearest.js';
import { type Command, Option } from './commander.js';
import { demandFolder, storeText } from './store-text.js';
import { UsageError } from './usage-error.js';

/** A report that was asked for, and where it goes. */
export interface ReportFile {
  readonly format: FileFormat;
  readonly file: string;
}

export function addReportOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--report <FORMAT=FILE>',
      `also write a report; may be given several times; formats: ${fileFormats.join(', ')}`,
    ).argParser(reportFile),
  );
}

function reportFile(value: string, previous: readonly ReportFile[] = []): readonly ReportFile[] {
  const separator = value.indexOf('=');
  const [format, file] = separator < 0 ? [value, ''] : [value.slice(0, separator), value.slice(separator + 1)];
  const known = fileFormats.find((one) => one === format);
  if (known === undefined) throw unknownFormat(format);
  if (file === '') throw new UsageError(`--report needs FORMAT=FILE, not ${JSON.stringify(value)}`);
  return [...previous, { format: known, file }];
}

function unknownFormat(format: string): UsageError {
  const hint = didYouMean(format, fileFormats);
  const message = `there is no format ${JSON.stringify(format)}${hint === undefined ? '' : `; ${hint}`}`;
  return new UsageError(message, { remedy: `Give one of: ${fileFormats.join(', ')}` });
}

/** Asked before a run and not after it. @throws UsageError when a report cannot be written where it is wanted */
export async function demandPlaces(reports: readonly ReportFile[]): Promise<void> {
  for (const { file } of reports) await demandFolder(dirname(file));
}

/** @throws LabError when the disk takes no more */
export async function writeReports(reports: readonly ReportFile[], stored: Stored): Promise<void> {
  if (reports.length === 0) return;
  const { renderFile } = await import('../report/formats.js');
  for (const { format, file } of reports) await storeText(file, await renderFile(format, stored));
}
