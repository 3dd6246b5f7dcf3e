/** The built command line where another user may read it: a checkout below /root, or one made under umask 077, is root's alone. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const checkout = new URL('../../', import.meta.url).pathname;
/** What it reads when it runs; all other packages are part of the bundle. */
const PARTS = ['package.json', 'dist', 'scenarios', 'node_modules/koffi', 'node_modules/@koromix'];

/**
 * @param folder one that everybody may enter
 * @returns the path of the copy's entry point
 */
export function copyForOthers(folder: string): string {
  for (const part of PARTS) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    execFileSync('cp', ['-r', join(checkout, part), join(folder, part)]);
  }
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  return join(folder, 'dist/bin/netlab.js');
}
