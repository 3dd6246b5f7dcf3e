/** The files of a service, written before it starts. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { LabError } from '../errors.js';
import type { ServiceState } from '../state.js';

/** Readable by a daemon that gives up root; a script can also be run. */
const FILE_MODE = 0o644;
const SCRIPT_MODE = 0o755;

/**
 * Writes the files and makes room for the one that tells of readiness: its directory is made, and it is removed when an
 * earlier start has left it.
 * @param root the only directory, private to the lab, below which anything is written
 * @throws LabError for a path that is not below it
 */
export function prepareFiles(service: ServiceState, root: string): void {
  for (const [path, content] of Object.entries(service.files ?? {})) {
    mkdirSync(dirname(demandBelow(path, root)), { recursive: true });
    writeFileSync(path, content, { mode: content.startsWith('#!') ? SCRIPT_MODE : FILE_MODE });
  }
  if (service.ready.kind !== 'file') return;
  mkdirSync(dirname(demandBelow(service.ready.path, root)), { recursive: true });
  if (service.files?.[service.ready.path] === undefined) rmSync(service.ready.path, { force: true });
}

function demandBelow(path: string, root: string): string {
  const normal = resolve(path);
  if (isAbsolute(path) && normal.startsWith(`${resolve(root)}${sep}`)) return normal;
  throw new LabError(`the file ${JSON.stringify(path)} is not below ${root}`, {
    remedy: `Put it below ${root}, which only this lab sees.`,
  });
}
