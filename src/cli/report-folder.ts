/** `--out DIR`: a folder that gets a report in every format. */
import { join } from 'node:path';
import { asCalled } from '../report/command-name.js';
import { fileFormats, fileSuffixes } from '../report/formats.js';
import type { Stored } from '../result/stored.js';
import { writeReports } from './report-files.js';
import { demandFolder } from './store-text.js';
import { commandOf } from './style.js';
import { UsageError } from './usage-error.js';

export const defaultFolder = 'reports';

export interface ReportFolder {
  /**
   * Stores every format, and says where on stderr.
   * @throws LabError when the disk takes no more
   */
  store(stored: Stored): Promise<void>;
}

/** @throws UsageError when it cannot be written */
export async function reportFolder(directory: string): Promise<ReportFolder> {
  await demandFolder(directory);
  return { store: (stored) => store(directory, stored) };
}

/**
 * The folder that was asked for, or the default one; undefined when nobody asked and the default cannot be written, which
 * is told.
 * @throws UsageError when the one that was asked for cannot be written
 */
export async function reportFolderOrDefault(out: string | undefined): Promise<ReportFolder | undefined> {
  try {
    return await reportFolder(out ?? defaultFolder);
  } catch (error) {
    if (out !== undefined || !(error instanceof UsageError)) throw error;
    process.stderr.write(`netlab: ${error.message}; give another folder with --out\n`);
    return undefined;
  }
}

async function store(directory: string, stored: Stored): Promise<void> {
  const fileOf = (suffix: string): string => join(directory, `${fileName(stored)}.${suffix}`);
  const reports = fileFormats.map((format) => ({ format, file: fileOf(fileSuffixes[format]) }));
  await writeReports(reports, stored);
  const [json, ...others] = fileFormats.map((format) => fileSuffixes[format]);
  const file = fileOf(json ?? '');
  const lines = [
    `result stored in ${file}, and beside it as .${others.join(', .')}`,
    ...(stored.kind === 'run'
      ? []
      : [`why each cell is what it is: open ${fileOf(fileSuffixes.html)}, or netlab report ${file} --run NAME`]),
  ];
  process.stderr.write(lines.map((line) => `netlab: ${asCalled(line, commandOf(process.env))}\n`).join(''));
}

/** Of a stored document a name may be anything, also a path. */
function fileName(stored: Stored): string {
  if (stored.kind === 'comparison') return 'comparison';
  return (
    stored.result.scenario
      .replaceAll(/[^\w.@+-]/gu, '_')
      .replace(/^\.+/u, '_')
      .slice(0, 100) || 'run'
  );
}
