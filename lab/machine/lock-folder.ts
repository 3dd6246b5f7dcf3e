/** Where the lock files of one user lie. */
import { closeSync, constants, lstatSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

const OWNER_ONLY = 0o700;
const OWNER_FILE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;
const FOLDER = 'netlab-locks';

/**
 * Always the same for one user, so that all his labs agree, whatever their environment says and wherever they were started
 * from: a session's folder in /run/user comes with the first login and goes with the last one, and TMPDIR is each shell's
 * own. Best first: root of a user namespace cannot write to /run. They hold empty files that only this user can open, and
 * stay: to remove them while no lab runs costs nothing.
 */
export function lockFoldersOf(uid: number): readonly string[] {
  return [...(uid === 0 ? [`/run/${FOLDER}`] : []), `/tmp/${FOLDER}-${uid}`];
}

/**
 * Opens files of these names, made when they are missing.
 * @returns descriptors, or undefined where there is no folder that this user alone can use
 */
export function openOwnFiles<const Names extends readonly string[]>(
  names: Names,
  folders = lockFoldersOf(process.getuid?.() ?? 0),
): { readonly [Index in keyof Names]: number } | undefined {
  for (const folder of folders) {
    const opened = openAllIn(folder, names);
    if (opened !== undefined) return opened as { readonly [Index in keyof Names]: number };
  }
  return undefined;
}

function openAllIn(folder: string, names: readonly string[]): readonly number[] | undefined {
  const opened: number[] = [];
  try {
    makeOwn(folder);
    // O_NOFOLLOW: nothing but a file of this folder.
    const flags = constants.O_RDONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    for (const name of names) opened.push(openSync(join(folder, name), flags, OWNER_FILE));
    return opened;
  } catch {
    for (const fd of opened) closeSync(fd);
    return undefined;
  }
}

/** @throws Error when it cannot be made, or when somebody else has made it */
function makeOwn(folder: string): void {
  try {
    mkdirSync(folder, { mode: OWNER_ONLY });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = lstatSync(folder);
  const isOwn = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & WRITABLE_BY_OTHERS) === 0;
  if (!isOwn) throw new Error(`${folder} is somebody else's`);
}
