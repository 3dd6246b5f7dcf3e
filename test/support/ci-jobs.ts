/** Runs a CI job's commands as a CI system does: in a checkout of its own, with artifacts that go from job to job. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './cli.js';

const launcher = fileURLToPath(new URL('../../netlab', import.meta.url));

export type Variables = Readonly<Record<string, string>>;

/** A command of a job, or files that come and go. */
export type Step =
  | { readonly kind: 'command'; readonly line: string; readonly always: boolean; readonly env: Variables }
  | { readonly kind: 'upload'; readonly name: string; readonly path: string }
  | { readonly kind: 'download'; readonly pattern: string; readonly path: string };

export interface JobResult {
  /** Of the first command that failed; 0 when none did. */
  readonly exitCode: number;
  readonly output: string;
  /** Where it ran, and left its files. */
  readonly folder: string;
}

/** The files that jobs hand on, by name. */
export class Artifacts {
  readonly #folder = temporaryFolder();

  save(name: string, file: string): void {
    if (existsSync(file)) cpSync(file, join(this.#folder, name), { recursive: true });
  }

  /** Each in a folder of its own name. @param pattern a name that may end with a star */
  restore(pattern: string, folder: string): void {
    const start = pattern.replace(/\*$/, '');
    for (const name of readdirSync(this.#folder).filter((one) => one.startsWith(start)))
      cpSync(join(this.#folder, name), join(folder, name), { recursive: true });
  }
}

/** A folder in which ./netlab is the one of this checkout. */
export function checkout(): string {
  const folder = temporaryFolder();
  symlinkSync(launcher, join(folder, 'netlab'));
  return folder;
}

/** After a command has failed only those that always run do. */
export function runJob(steps: readonly Step[], artifacts: Artifacts, env: Variables, folder = checkout()): JobResult {
  let exitCode = 0;
  const output: string[] = [];
  for (const step of steps) {
    if (step.kind === 'upload') artifacts.save(step.name, join(folder, step.path));
    else if (step.kind === 'download') artifacts.restore(step.pattern, join(folder, step.path));
    else if (exitCode === 0 || step.always) {
      const { status, stdout, stderr } = shell(step.line, folder, { ...env, ...step.env });
      output.push(stdout, stderr);
      if (exitCode === 0) exitCode = status ?? -1;
    }
  }
  return { exitCode, output: output.join(''), folder };
}

function shell(line: string, cwd: string, env: Variables) {
  mkdirSync(cwd, { recursive: true });
  const own = { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C.UTF-8', CI: 'true' };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', line], { cwd, env: { ...own, ...env }, encoding: 'utf8' });
}
