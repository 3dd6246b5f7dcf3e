/** `--out DIR`: a folder that gets a report in every format; and `--report`, beside it. */
import { join } from 'node:path';
import { shellWord } from '../report/command-name.js';
import { fileSuffixes, formatsOf } from '../report/formats.js';
import type { Stored } from '../result/stored.js';
import { demandPlaces } from './places.js';
import { type ReportFile, writeReports } from './report-files.js';
import { tell } from './tell.js';
import { UsageError } from './usage-error.js';

export const defaultFolder = 'reports';

/** Stores what was asked for, and says on stderr where. @throws LabError when the disk takes no more */
export type ReportStore = (stored: Stored) => Promise<void>;

interface Wanted {
  readonly out?: string | undefined;
  readonly report?: readonly ReportFile[] | undefined;
}

/**
 * Asked before a run and not after it.
 * @throws UsageError when something cannot be stored where it is wanted; no folder is made then
 */
export async function reportStore({ out, report = [] }: Wanted): Promise<ReportStore> {
  await demandPlaces({ folder: out, files: report.map(({ file }) => file) });
  return async (stored) => {
    if (out !== undefined) await store(out, stored);
    await writeReports(report, stored);
  };
}

/**
 * The same with the default folder where none was asked for; without one when that cannot be written, which is told.
 * @throws UsageError when something that was asked for cannot be stored where it is wanted
 */
export async function reportStoreOrDefault({ out, report }: Wanted): Promise<ReportStore> {
  if (out !== undefined) return await reportStore({ out, report });
  // First what was asked for: only then it is the default folder that is in the way.
  const without = await reportStore({ report });
  try {
    return await reportStore({ out: defaultFolder, report });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tell(`${error.message}; give another folder with --out`);
    return without;
  }
}

async function store(directory: string, stored: Stored): Promise<void> {
  const fileOf = (suffix: string): string => join(directory, `${fileName(stored)}.${suffix}`);
  const formats = formatsOf[stored.kind];
  const reports = formats.map((format) => ({ format, file: fileOf(fileSuffixes[format]) }));
  await writeReports(reports, stored);
  const [json, ...others] = formats.map((format) => fileSuffixes[format]);
  const file = fileOf(json ?? '');
  const lines = [
    `result stored in ${file}, and beside it as .${others.join(', .')}`,
    ...(stored.kind !== 'comparison'
      ? []
      : [
          `why each cell is what it is: open ${fileOf(fileSuffixes.html)}, or netlab report ${shellWord(file)} --run NAME`,
        ]),
  ];
  tell(lines.join('\n'));
}

/** Of a stored document a name may be anything, also a path. */
function fileName(stored: Stored): string {
  if (stored.kind !== 'run') return stored.kind;
  return (
    stored.result.scenario
      .replaceAll(/[^\w.@+-]/gu, '_')
      .replace(/^\.+/u, '_')
      .slice(0, 100) || 'run'
  );
}
