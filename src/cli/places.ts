/** Where results are to go: all of it is looked at before anything is made, and made before anything is measured. */
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileTrouble } from './file-trouble.js';
import { isStandardOutput } from './store-text.js';
import { UsageError } from './usage-error.js';

export interface Places {
  /** Made where it is missing, but none above it: of a mistyped path nothing is to be left. */
  readonly folder?: string | undefined;
  /** Their folders must be there already, or be the one above. */
  readonly files?: readonly string[];
  /** What is to be stored; a result when absent. */
  readonly what?: string;
}

/** @throws UsageError when a result cannot be stored at one of these places; nothing is made then */
export async function demandPlaces(places: Places): Promise<void> {
  try {
    await lookAndMake(places);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    const { what = 'result' } = places;
    const message = `no ${what} can be stored in ${JSON.stringify(cause.wanted)}: ${cause.message}`;
    throw new UsageError(message, cause.remedy === undefined ? {} : { remedy: cause.remedy });
  }
}

async function lookAndMake({ folder, files = [] }: Places): Promise<void> {
  const made = folder === undefined ? undefined : resolve(folder);
  if (folder !== undefined && !(await isThere(folder))) await demandWritable(folder, dirname(resolve(folder)));
  else if (folder !== undefined) await demandWritable(folder, folder);
  for (const file of files) {
    const above = dirname(resolve(file));
    if (!isStandardOutput(file) && above !== made) await demandWritable(file, above);
  }
  if (folder !== undefined) await make(folder);
}

async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw refusal(folder, cause);
  }
}

/** @param wanted what the user named */
async function demandWritable(wanted: string, folder: string): Promise<void> {
  const found = await stat(folder).catch((cause: unknown) => {
    throw refusal(wanted, cause, folder);
  });
  if (!found.isDirectory()) throw refusal(wanted, new Error(`${JSON.stringify(folder)} is no folder`));
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw refusal(wanted, cause);
  });
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

class Refused extends Error {
  readonly wanted: string;
  readonly remedy?: string;

  constructor(wanted: string, message: string, remedy?: string) {
    super(message);
    this.wanted = wanted;
    if (remedy !== undefined) this.remedy = remedy;
  }
}

/** @param folder the one that was looked at, where another one than the user named */
function refusal(wanted: string, cause: unknown, folder?: string): Refused {
  if (folder === undefined || (cause as NodeJS.ErrnoException).code !== 'ENOENT')
    return new Refused(wanted, fileTrouble(cause));
  const remedy = 'See whether the path is meant like that, and make the folder first.';
  return new Refused(wanted, `there is no folder ${JSON.stringify(folder)}`, remedy);
}
