/**
 * The running labs of this user, by name: one folder each, with what later commands need to find and to end the lab.
 * A folder whose process is gone is stale; every look at the registry removes such folders.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Channel } from './channel.js';
import { LabError } from './errors.js';
import { isAlive, type ProcessIdentity } from './processes.js';

export interface LabEntry {
  readonly name: string;
  readonly mark: string;
  /** `starting` while `up` builds it: then the process is the one that builds. */
  readonly state: 'starting' | 'up';
  /** What the lab's life hangs on. */
  readonly process: ProcessIdentity;
  /** Process 1 of the lab, as this machine numbers it; 0 while it starts. */
  readonly initPid: number;
  readonly scenario: string;
  readonly strategy: string;
  readonly startedAt: string;
  readonly hosts: number;
  readonly containers: number;
}

const ENTRY_FILE = 'entry.json';
const OWNER_ONLY = 0o700;
const WRITABLE_BY_OTHERS = 0o022;
/** sun_path in linux/un.h, without its final zero byte; a longer path would be cut off silently. */
const LONGEST_SOCKET_PATH = 107;
/** Also a file name; short enough for the path of a control socket (sun_path, 108 bytes). */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,39}$/u;

/** /run for root, the session's runtime directory for a user, else a folder of the user's own in /tmp. NETLAB_RUNTIME_DIR overrides. */
export function registryDirectory(): string {
  const { env } = process;
  const chosen = env['NETLAB_RUNTIME_DIR'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return '/run/netlab';
  const session = env['XDG_RUNTIME_DIR'];
  return session !== undefined && existsSync(session) ? join(session, 'netlab') : join(tmpdir(), `netlab-${uid}`);
}

/** @throws LabError when a lab cannot have this name */
export function checkLabName(name: string): void {
  if (NAME.test(name)) return;
  throw new LabError(
    `${JSON.stringify(name)} is no name for a lab: letters, digits, "-", "_" and "." are allowed, 40 at most, a letter or digit first`,
  );
}

export const labDirectory = (name: string): string => join(registryDirectory(), name);
export const controlSocket = (name: string): string => join(labDirectory(name), 'control.sock');
export const logFile = (name: string): string => join(labDirectory(name), 'log');
export const snapshotFile = (name: string): string => join(labDirectory(name), 'machine-before.json');

function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return;
  throw new LabError(`the path of the lab's socket would be longer than ${LONGEST_SOCKET_PATH} bytes: ${path}`, {
    remedy: 'Choose a shorter name, or set NETLAB_RUNTIME_DIR to a folder with a shorter path.',
  });
}

/**
 * Takes a name for a lab that is about to be built. Atomic: of two that want it one gets it.
 * @throws LabError when a running lab has it
 */
export function reserveLab(entry: LabEntry): void {
  checkLabName(entry.name);
  checkSocketPath(controlSocket(entry.name));
  listLabs();
  const draft = join(ownDirectory(), `.${entry.name}.${randomBytes(4).toString('hex')}`);
  mkdirSync(draft, { mode: OWNER_ONLY });
  writeFileSync(join(draft, ENTRY_FILE), JSON.stringify(entry));
  try {
    renameSync(draft, labDirectory(entry.name));
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    throw new LabError(`a lab named "${entry.name}" is already running`, {
      cause,
      remedy: `Take it down with: netlab down ${entry.name}\nor choose another name with --name.`,
    });
  }
}

/** Writes what is known of a lab now; the reader sees either the old entry or the new one. */
export function recordLab(entry: LabEntry): void {
  const path = join(labDirectory(entry.name), ENTRY_FILE);
  writeFileSync(`${path}.new`, JSON.stringify(entry));
  renameSync(`${path}.new`, path);
}

/** Forgets a lab, and the registry's folder with the last one. */
export function forgetLab(name: string): void {
  rmSync(labDirectory(name), { recursive: true, force: true });
  try {
    rmdirSync(registryDirectory());
  } catch {
    // Other labs are in there, or it is not ours to remove.
  }
}

/** Every lab that lives, by name. What is left of dead ones is removed. */
export function listLabs(): LabEntry[] {
  if (!existsSync(registryDirectory())) return [];
  const names = readdirSync(demandOwn(registryDirectory())).filter((name) => !name.startsWith('.'));
  const entries = names.flatMap((name) => {
    const entry = readEntry(name);
    if (entry !== undefined && isAlive(entry.process)) return [entry];
    if (entry !== undefined) forgetLab(name);
    return [];
  });
  return entries.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** @throws LabError that lists the labs there are */
export function findLab(name: string): LabEntry {
  const labs = listLabs();
  const found = labs.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const known = labs.length === 0 ? 'none is running' : `running: ${labs.map((entry) => entry.name).join(', ')}`;
  throw new LabError(`there is no lab named ${JSON.stringify(name)} (${known})`, {
    remedy: 'Start one with: netlab up SCENARIO --name NAME',
  });
}

/** Opens a channel to a running lab. @throws LabError when it does not answer */
export function connectLab(entry: LabEntry): Promise<Channel> {
  if (entry.state === 'starting') throw new LabError(`lab "${entry.name}" is still being built`);
  const socket = createConnection(controlSocket(entry.name));
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(new Channel(socket)));
    socket.once('error', (cause) =>
      reject(
        new LabError(`lab "${entry.name}" does not answer: ${cause.message}`, {
          cause,
          remedy: `End it with: netlab down ${entry.name}`,
        }),
      ),
    );
  });
}

function readEntry(name: string): LabEntry | undefined {
  try {
    return JSON.parse(readFileSync(join(labDirectory(name), ENTRY_FILE), 'utf8')) as LabEntry;
  } catch {
    return undefined;
  }
}

function ownDirectory(): string {
  const directory = registryDirectory();
  mkdirSync(directory, { recursive: true, mode: OWNER_ONLY });
  return demandOwn(directory);
}

/** In /tmp anybody could have made the folder first, and what its entries name is ended by `down`. */
function demandOwn(directory: string): string {
  const found = lstatSync(directory);
  const isOwn = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & WRITABLE_BY_OTHERS) === 0;
  if (isOwn) return directory;
  throw new LabError(
    `${directory} is not a folder that only you can write to (user ${found.uid}, mode ${(found.mode & 0o777).toString(8)})`,
    {
      remedy: 'Set NETLAB_RUNTIME_DIR to a folder of your own.',
    },
  );
}
