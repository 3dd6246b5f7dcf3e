/** The command line on a terminal of its own, by script(1) of util-linux. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { entryFor } from './cli.js';

export interface TerminalOptions {
  readonly columns: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ctrl-C is typed as soon as this was shown. */
  readonly interruptAt?: RegExp;
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * @param argv what follows `netlab`
 * @returns all that the terminal was sent, without carriage returns
 */
export async function onTerminal(
  argv: readonly string[],
  { columns, cwd, env = {}, interruptAt }: TerminalOptions,
): Promise<{ readonly exitCode: number | null; readonly shown: string }> {
  const line = [process.execPath, entryFor(undefined), ...argv].map(quoted).join(' ');
  const command = `stty cols ${columns} rows 50; exec ${line}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1', HOME: cwd, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let isInterrupted = false;
  child.stdout.on('data', (data: Buffer) => {
    shown += data.toString('utf8');
    if (isInterrupted || interruptAt?.test(shown) !== true) return;
    isInterrupted = true;
    child.stdin.write('\u0003');
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, shown: shown.replaceAll('\r', '') };
}

/** What is left on the screen when live progress was wiped off: all behind the last time that the cursor was given back before a report. */
export const afterProgress = (shown: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  shown.replaceAll(/^[^]*\u001b\[2K(?:\u001b\[G)?/gu, '').replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]/gu, '');
