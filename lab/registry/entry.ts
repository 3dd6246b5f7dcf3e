/** What the registry knows of a lab, and the files that this is kept in. */
import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEntryOf, type LabEntry } from './entry-shape.js';
import { registryDirectory } from './folder.js';

export type { LabEntry } from './entry-shape.js';

const ENTRY_FILE = 'entry.json';
const NEW_ENTRY_FILE = 'entry.json.new';
const ENDING_FILE = 'ending';

/** The folder of an entry that is being made: no lab can have this name. */
export const DRAFT = '.netlab-draft';

export const labDirectory = (name: string): string => join(registryDirectory(), name);
export const controlSocket = (name: string): string => join(labDirectory(name), 'control.sock');
/** What process 1 of the lab prints. */
export const logFile = (name: string): string => join(labDirectory(name), 'log');
/** There while `down` ends the lab. */
export const endingFile = (name: string): string => join(labDirectory(name), ENDING_FILE);

/** @returns undefined when there is no entry that can be read, or it is not what netlab writes for a lab of this name */
export function readEntry(name: string): LabEntry | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(join(labDirectory(name), ENTRY_FILE), 'utf8'));
    return isEntryOf(name, found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The reader sees either the old entry or the new one. */
export function writeEntry(directory: string, entry: LabEntry): void {
  const draft = join(directory, NEW_ENTRY_FILE);
  writeFileSync(draft, JSON.stringify(entry));
  renameSync(draft, join(directory, ENTRY_FILE));
}

/** All entries that can be read, dead ones too, by name. */
export function readEntries(): LabEntry[] {
  return namesIn(registryDirectory())
    .flatMap((name) => (name.startsWith('.') ? [] : (readEntry(name) ?? [])))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** None where there is no folder: its last lab may have removed it since it was seen. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function removeEntry(name: string): void {
  rmSync(labDirectory(name), { recursive: true, force: true });
}

/** What a killed `up` has left of an entry. Only netlab's own files: a folder that has others is somebody's. */
export function removeDraft(): void {
  const draft = labDirectory(DRAFT);
  for (const file of [ENTRY_FILE, NEW_ENTRY_FILE]) rmSync(join(draft, file), { force: true });
  if (existsSync(draft)) rmdirSync(draft);
}
