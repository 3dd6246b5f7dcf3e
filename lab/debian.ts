/** Programs that every lab needs, and the Debian packages that have them. `netlab doctor` knows what strategies need. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runAttached } from './attached.js';

const packages: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  nsenter: 'util-linux',
  nft: 'nftables',
  ip: 'iproute2',
};

/** An ordinary user may not have these in PATH, and netlab looks there, too. */
const systemFolders = ['/usr/sbin', '/sbin'] as const;
const STDERR = 2;

export function hasProgram(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...systemFolders];
  return folders.some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Names of the packages whose programs are not here, each once. */
export function missingPackages(): readonly string[] {
  const missing = Object.entries(packages).filter(([program]) => !hasProgram(program));
  return [...new Set(missing.map(([, name]) => name))];
}

/**
 * As root, with apt-get, which says on stderr what it does.
 * @returns whether they are installed
 */
export async function installPackages(names: readonly string[]): Promise<boolean> {
  if ((await install(names)) === 0) return true;
  return (await aptGet('update')) === 0 && (await install(names)) === 0;
}

const install = (names: readonly string[]): Promise<number> =>
  aptGet('install', '--yes', '--no-install-recommends', ...names);

const aptGet = (...argv: readonly string[]): Promise<number> =>
  runAttached(['apt-get', ...argv], { DEBIAN_FRONTEND: 'noninteractive' }, { stdout: STDERR });
