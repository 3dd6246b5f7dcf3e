/** What a command that builds labs needs of the machine is installed, where netlab was started from a checkout by root. */
import { hasProgram, installPackages, missingPackages } from '#lab/debian.js';
import { isFromCheckout } from './called-as.js';
import { tell } from './tell.js';

/**
 * Asked when the command, its options and its scenarios have been understood, so that neither a mistake nor `--help`
 * installs anything. Installs nothing for who installed netlab with npm, or says --no-install.
 */
export async function providePrograms(mayInstall: boolean): Promise<void> {
  if (!isFromCheckout(process.env)) return;
  const missing = missingPackages();
  if (missing.length === 0) return;
  const list = missing.join(' ');
  if (!hasProgram('apt-get')) return tell(`missing on this machine (names of Debian packages): ${list}`);
  if (process.getuid?.() !== 0 || !mayInstall)
    return tell(`missing Debian packages; install them with: sudo apt-get install ${list}`);
  tell(`installing missing Debian packages: ${list}`);
  if (!(await installPackages(missing))) tell(`could not be installed: ${list}`);
}
