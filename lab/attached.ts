/** Programs that share this process's terminal. */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { LabError } from './errors.js';
import { quoteArgv } from './machine/command-line.js';

const GUARD_FD = 3;

const ignore = (): void => undefined;

export interface AttachedOptions {
  /** Descriptor for its standard output; this process's own when absent. */
  readonly stdout?: number;
  /** The program finds a pipe as descriptor 3, which ends when this settles, and when this process ends, however it does. */
  readonly until?: Promise<void>;
}

/**
 * Runs a program with all that the user's own environment has (TERM, LANG, EDITOR, ...), beside what is given. Ctrl-C at
 * the terminal is for the command; netlab ends when the command has ended.
 * @returns its exit code, or 128 plus the number of the signal that ended it
 * @throws LabError when it cannot be started
 */
export async function runAttached(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  { stdout, until }: AttachedOptions = {},
): Promise<number> {
  const [file = '', ...rest] = argv;
  const child = start(file, rest, {
    stdio: ['inherit', stdout ?? 'inherit', 'inherit', ...(until === undefined ? [] : ['pipe' as const])],
    env: { ...process.env, ...environment },
  });
  const guard = child.stdio[GUARD_FD] as Duplex | undefined;
  guard?.on('error', () => undefined);
  void until?.then(() => guard?.end());
  process.on('SIGINT', ignore).on('SIGQUIT', ignore);
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass).on('SIGHUP', pass);
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(argv, cause)));
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}

/** spawn() throws some errors at once, E2BIG for instance, and tells of others later. */
function start(file: string, argv: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(file, argv, options);
  } catch (cause) {
    throw notStarted([file, ...argv], cause);
  }
}

function notStarted(argv: readonly string[], cause: unknown): LabError {
  const [program = ''] = argv;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new LabError(`cannot start ${program}: no such program`, {
      cause,
      remedy: `Install the package that has ${program}: util-linux has nsenter and setpriv.`,
    });
  return new LabError(`cannot start ${quoteArgv(argv).slice(0, 200)}: ${message}`, { cause });
}
