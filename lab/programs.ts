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

/** `inside`: process 1 of a sandbox. `capture`: writes pcap. `probe`: tries kernel features. `vxlan-agent`: a service of hosts. */
export type ProgramName = 'inside' | 'capture' | 'probe' | 'vxlan-agent';

/** The module to start Node.js with; `npm run build` makes it. */
export const programPath = (name: ProgramName): string => join(packageDirectory, 'dist', 'bin', `${name}.js`);

const ownPrefix = 'netlab:';

/** A service's command line as it is started: where its first word is `netlab:NAME`, Node.js runs that program of netlab's own. */
export function startedAs(argv: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const [program, ...rest] = argv;
  if (!program.startsWith(ownPrefix)) return argv;
  return [process.execPath, programPath(program.slice(ownPrefix.length) as ProgramName), ...rest];
}
