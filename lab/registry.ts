/**
 * The running labs of this user, by name: one folder each, with what later commands need to find and to end the lab.
 * Whoever reads sees whole entries, because they come and change by rename(2); whoever writes holds the registry's lock.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Channel, type OtherSide } from './channel.js';
import { LabError } from './errors.js';
import { isAlive, isStopped } from './processes.js';
import { type EndedLab, endedError } from './registry/ended.js';
import {
  controlSocket,
  DRAFT,
  endingFile,
  labDirectory,
  type LabEntry,
  logFile,
  readEntries,
  readEntry,
  removeDraft,
  removeEntry,
  writeEntry,
} from './registry/entry.js';
import { changingRegistry, hasRegistry } from './registry/folder.js';
import { endOfFile, lastLines } from './sandbox/last-words.js';
import { silentError } from './sandbox/silent.js';

export { describeEnd, type EndedLab } from './registry/ended.js';
export { controlSocket, type LabEntry, logFile } from './registry/entry.js';

const OWNER_ONLY = 0o700;
/** sun_path in linux/un.h, without its final zero byte; a longer path would be cut off silently. */
const LONGEST_SOCKET_PATH = 107;
/** Also a file name; short enough for the path of a control socket (sun_path, 108 bytes). */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,39}$/u;
/** A lab whose channel has ended is about to end itself. */
const END_WAIT_MS = 1_000;
const POLL_MS = 5;

/** @throws LabError when a lab cannot have this name */
export function checkLabName(name: string): void {
  if (NAME.test(name)) return;
  throw new LabError(
    `${JSON.stringify(name)} is no name for a lab: letters, digits, "-", "_" and "." are allowed, 40 at most, a letter or digit first`,
  );
}

function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return;
  throw new LabError(`the path of the lab's socket would be longer than ${LONGEST_SOCKET_PATH} bytes: ${path}`, {
    remedy: 'Choose a shorter name, or set NETLAB_RUNTIME_DIR to a folder with a shorter path.',
  });
}

/**
 * Takes a name for a lab that is about to be built. Atomic: of two that want it one gets it. A dead lab's name is free.
 * @throws LabError when a running lab has it, or the registry cannot be written
 */
export function reserveLab(entry: LabEntry): void {
  const { name } = entry;
  checkLabName(name);
  checkSocketPath(controlSocket(name));
  changingRegistry(() => {
    removeDraft();
    if (readEntries().some((other) => other.name === name && isAlive(other.process))) throw taken(name);
    if (readEntry(name) !== undefined) removeEntry(name);
    mkdirSync(labDirectory(DRAFT), { mode: OWNER_ONLY });
    try {
      writeEntry(labDirectory(DRAFT), entry);
      renameSync(labDirectory(DRAFT), labDirectory(name));
    } finally {
      removeDraft();
    }
  });
}

const taken = (name: string): LabError =>
  new LabError(`a lab named "${name}" is already running`, {
    remedy: `Take it down with: netlab down ${name}\nor choose another name with --name.`,
  });

/** Writes what is known of a lab now. @throws LabError when it has lost its entry, or the registry cannot be written */
export function recordLab(entry: LabEntry): void {
  changingRegistry(() => {
    if (readEntry(entry.name)?.mark !== entry.mark)
      throw new LabError(`the folder of lab "${entry.name}" in the registry was removed while it was built`);
    writeEntry(labDirectory(entry.name), entry);
  });
}

/** Says that a lab is being ended, so that nobody wonders why it has ended. */
export function markEnding({ name }: LabEntry): void {
  try {
    writeFileSync(endingFile(name), '');
  } catch {
    // It has just ended, or the disk is full: then somebody wonders.
  }
}

/** Forgets this very lab; another one that has its name by now stays. */
export function forgetLab({ name, mark }: LabEntry): void {
  if (!hasRegistry()) return;
  changingRegistry(() => {
    if (readEntry(name)?.mark === mark) removeEntry(name);
  });
}

/** Every lab that the registry knows, by name, also those that have died. */
export const listEntries = (): LabEntry[] => (hasRegistry() ? readEntries() : []);

/** Every lab that lives, by name. */
export const listLabs = (): LabEntry[] => listEntries().filter((entry) => isAlive(entry.process));

/**
 * Removes what dead labs and killed commands have left in the registry.
 * @param only the name of one lab; all when absent
 * @returns the labs that were dead
 */
export function sweepLabs(only?: string): EndedLab[] {
  const isDead = (entry: LabEntry): boolean => (only === undefined || entry.name === only) && !isAlive(entry.process);
  if (!hasRegistry()) return [];
  if (!readEntries().some(isDead) && !existsSync(labDirectory(DRAFT))) return [];
  return changingRegistry(() => {
    removeDraft();
    // Read again: by now it may be gone, and a living lab may have its name.
    const dead = readEntries().filter(isDead);
    return dead.map((entry) => {
      const ended = { entry, asked: existsSync(endingFile(entry.name)), log: endOfFile(logFile(entry.name)) };
      removeEntry(entry.name);
      return ended;
    });
  });
}

/** @throws LabError that tells how the lab has ended, or lists the labs there are */
export function findLab(name: string): LabEntry {
  const labs = listLabs();
  const found = labs.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  demandNotEnded(name);
  const known = labs.length === 0 ? 'none is running' : `running: ${labs.map((entry) => entry.name).join(', ')}`;
  throw new LabError(`there is no lab named ${JSON.stringify(name)} (${known})`, {
    remedy: 'Start one with: netlab up SCENARIO --name NAME',
  });
}

/** @throws LabError that tells how a lab of this name has ended, when there is one */
export function demandNotEnded(name: string): void {
  const [ended] = sweepLabs(name);
  if (ended !== undefined) throw endedError(ended);
}

/** Opens a channel to a running lab. @throws LabError when it does not answer */
export function connectLab(entry: LabEntry): Promise<Channel> {
  if (entry.state === 'starting') throw new LabError(`lab "${entry.name}" is still being built`);
  const socket = createConnection(controlSocket(entry.name));
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(new Channel(socket, {}, asSeenFromOutside(entry))));
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

function asSeenFromOutside(entry: LabEntry): OtherSide {
  const { name, initPid } = entry;
  const remedy = `Let it go on: kill -CONT ${initPid}\nor end it: netlab down ${name}`;
  return {
    explainEnd: async () => await whyGone(entry),
    isStopped: () => isStopped(initPid),
    explainSilence: () => silentError(`lab "${name}"`, initPid, remedy),
  };
}

/** What its process 1 has said last tells why it ended. */
async function whyGone({ name, process: holder }: LabEntry): Promise<LabError> {
  const startMs = performance.now();
  while (isAlive(holder) && performance.now() - startMs < END_WAIT_MS) await delay(POLL_MS);
  return new LabError(`lab "${name}" ended before it answered${lastLines(endOfFile(logFile(name)))}`);
}
