/** Programs that share this process's terminal. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';

const GUARD_FD = 3;

const ignore = (): void => undefined;

export interface AttachedOptions {
  /** Descriptor for its standard output; this process's own when absent. */
  readonly stdout?: number;
  /** The program finds a pipe as descriptor 3, which ends when this settles, and when this process ends, however it does. */
  readonly until?: Promise<void>;
}

/** Ctrl-C at the terminal is for the command; netlab ends when the command has ended. */
export function runAttached(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  { stdout, until }: AttachedOptions = {},
): Promise<number> {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, {
    stdio: ['inherit', stdout ?? 'inherit', 'inherit', ...(until === undefined ? [] : ['pipe' as const])],
    env: { ...process.env, ...environment },
  });
  const guard = child.stdio[GUARD_FD] as Duplex | undefined;
  guard?.on('error', () => undefined);
  void until?.then(() => guard?.end());
  process.on('SIGINT', ignore).on('SIGQUIT', ignore);
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass).on('SIGHUP', pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}
