import { chmodSync, closeSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { lendMachine } from '#lab/machine/lend.js';
import { lockFoldersOf, openOwnFiles } from '#lab/machine/lock-folder.js';
import { temporaryFolder } from '../../support/cli.js';

test('the files of a user lie where he alone can open them, and are done without where somebody else has the folder', (t) => {
  const parent = temporaryFolder();
  const [own, open] = [join(parent, 'own'), join(parent, 'open')];
  mkdirSync(open);
  chmodSync(open, 0o777);
  const [fd] = openOwnFiles(['lock'], [open, own]) ?? [];
  t.teardown(() => closeSync(fd ?? -1));
  t.deepEqual(readdirSync(open), []);
  t.is(statSync(own).mode & 0o777, 0o700);
  t.is(statSync(join(own, 'lock')).mode & 0o777, 0o600);
  t.is(openOwnFiles(['lock'], [open]), undefined);
});

test.serial('all labs of a user agree about the folder, whatever their environment and their session', (t) => {
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = temporaryFolder();
  try {
    t.deepEqual(lockFoldersOf(1000), ['/tmp/netlab-locks-1000']);
    t.deepEqual(lockFoldersOf(0), ['/run/netlab-locks', '/tmp/netlab-locks-0']);
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  }
});

test.serial('a machine that cannot be lent leaves no file open', (t) => {
  const proc = temporaryFolder();
  for (const name of ['stat', 'version', 'loadavg']) writeFileSync(join(proc, name), '');
  const openFds = (): readonly string[] => readdirSync('/proc/self/fd');
  const before = openFds();
  t.throws(() => lendMachine(proc), { code: 'ENOENT', message: /uptime/u });
  t.deepEqual(openFds(), before);
});
