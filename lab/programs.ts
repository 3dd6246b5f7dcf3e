/** Where the programs lie that netlab starts as processes of their own: bundles, because a hundred small files load slowly. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** netlab's own folder: the nearest one above this module that has a package.json. */
export const packageDirectory = ((): string => {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
})();

/** `inside`: process 1 of a sandbox. `capture`: writes pcap. `probe`: tries kernel features. */
export type ProgramName = 'inside' | 'capture' | 'probe';

/** The module to start Node.js with; `npm run build` makes it. */
export const programPath = (name: ProgramName): string => join(packageDirectory, 'dist', 'bin', `${name}.js`);
