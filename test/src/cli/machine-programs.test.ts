/** Which commands install Debian packages: on a machine without some, with an apt-get that only notes its calls. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ended, temporaryFolder } from '../../support/cli.js';

function program(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
}

/** Only root installs, and only root can hide folders of the machine. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;

/** A machine with apt-get and without iproute2 and nftables. */
function bareMachine() {
  const folder = temporaryFolder();
  program(folder, 'apt-get', `#!/bin/sh\necho "$*" >>${folder}/calls\n`);
  for (const name of ['unshare', 'setpriv', 'nsenter']) program(folder, name, '#!/bin/sh\nexit 1\n');
  return {
    folder,
    called: () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : ''),
  };
}

asRoot('Debian packages: not for --help, a mistake or --no-install; for a command that was understood', async (t) => {
  const { folder, called } = bareMachine();
  const main = new URL('../../../dist/bin/netlab.js', import.meta.url).pathname;
  // Its own mount namespace hides the machine's /usr/sbin and /sbin, where netlab looks beside PATH.
  const hide = 'mount -t tmpfs none /usr/sbin && mount -t tmpfs none "$(readlink -f /sbin)" && PATH=$0 && exec "$@"';
  const run = async (...argv: string[]) => {
    const words = ['--mount', 'bash', '-c', hide, folder, process.execPath, main, ...argv];
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      NETLAB_COMMAND: './netlab',
      NETLAB_RUNTIME_DIR: folder,
    };
    return await ended(spawn('unshare', words, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  };
  for (const argv of [['run', '--help'], ['run', 'bridge-l3'], ['up', 'bridge-l2', '--naem', 'x'], ['rnu']])
    await run(...argv);
  t.regex(
    (await run('run', 'bridge-l2', '--no-install')).stderr,
    /missing Debian packages; install them with: .*nftables iproute2/,
  );
  t.is(called(), '');
  const { stderr } = await run('run', 'bridge-l2');
  t.is(called(), 'install --yes --no-install-recommends nftables iproute2\n', stderr);
});
