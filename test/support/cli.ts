/** The built command line as a child process. `npm test` builds before it tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { copyForOthers } from './readable-copy.js';

const main = new URL('../../dist/bin/netlab.js', import.meta.url).pathname;
/** A user without rights. */
export const NOBODY = 65_534;

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Only root can become somebody else. */
  readonly uid?: number;
}

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of this test's own that everybody may use; gone with the test's process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-test-'));
  chmodSync(folder, 0o777);
  folders.push(folder);
  return folder;
}

/** Labs of one test file are not seen by the others. */
const registry = temporaryFolder();

let copy: string | undefined;

/** The entry point for a process of that user; for another one a copy, made once and gone with the test's process. */
export function entryFor(uid: number | undefined): string {
  if (uid === undefined || uid === process.getuid?.()) return main;
  copy ??= copyForOthers(temporaryFolder());
  return copy;
}

/** @param argv what follows `netlab` */
export function startNetlab(argv: readonly string[], options: CliOptions = {}): ChildProcess {
  const { cwd = registry, env = {}, uid } = options;
  const home = {
    PATH: process.env['PATH'] ?? '',
    HOME: registry,
    LANG: 'C.UTF-8',
    NETLAB_RUNTIME_DIR: join(registry, 'labs'),
  };
  const other = process.getuid?.() === 0 ? uid : undefined;
  const as = other === undefined ? {} : { uid: other, gid: other };
  return spawn(process.execPath, [entryFor(other), ...argv], { cwd, env: { ...home, ...env }, stdio: 'pipe', ...as });
}

/** Its exit code and all that it printed. */
export async function ended(child: ChildProcess): Promise<CliResult> {
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const [stdout, stderr, exitCode] = await Promise.all([all(child.stdout), all(child.stderr), exit]);
  return { exitCode, stdout, stderr };
}

/** What a test has closed itself counts as empty. */
async function all(stream: Readable | null): Promise<string> {
  return stream === null || stream.destroyed ? '' : await text(stream);
}

export async function netlab(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startNetlab(argv, options);
  child.stdin?.end(options.stdin ?? '');
  return await ended(child);
}

/** Colours and whatever else a terminal would obey. */
export const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
