/** Programs that share this process's terminal. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const ignore = (): void => undefined;

/** Ctrl-C at the terminal is for the command; netlab ends when the command has ended. */
export function runAttached(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdout: number | 'inherit' = 'inherit',
): Promise<number> {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { stdio: ['inherit', stdout, 'inherit'], env: { ...process.env, ...environment } });
  process.on('SIGINT', ignore).on('SIGQUIT', ignore);
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass).on('SIGHUP', pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}
