/** How the reader calls netlab: in a fresh clone that is `./netlab`, and `netlab` is "command not found". */

import type { RunResult } from '../result/result.js';

/** Words that make `netlab WORD` a command line and not a sentence about netlab. */
export const commandWords = [
  'run',
  'compare',
  'merge',
  'plan',
  'graph',
  'report',
  'init',
  'bench',
  'gate',
  'diff',
  'trend',
  'up',
  'verify',
  'exec',
  'break',
  'mend',
  'shell',
  'capture',
  'inspect',
  'ps',
  'down',
  'doctor',
  'schema',
  'completion',
] as const;

/** Not where it is called so already: `./netlab`, `npx netlab`. */
const commandLine = new RegExp(`(?<![\\w./-]|npx )netlab(?= (?:--help|help|${commandWords.join('|')})\\b)`, 'gu');

/** The text with its command lines as the reader can copy them. What is stored says `netlab`. */
export function asCalled(text: string, command = 'netlab'): string {
  return command === 'netlab' ? text : text.replaceAll(commandLine, () => command);
}

/** A document whose remedies are as the reader can copy them, wherever in it they are. */
export function withRemediesAsCalled<T>(document: T, command: string): T;
export function withRemediesAsCalled(value: unknown, command: string): unknown {
  if (command === 'netlab' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withRemediesAsCalled<unknown>(item, command));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'remedy' && typeof item === 'string'
        ? asCalled(item, command)
        : withRemediesAsCalled<unknown>(item, command),
    ]),
  );
}

/** A word of a command line as a POSIX shell reads it back. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A flag of netlab's own, or the scenario on standard input: no word that needs quotes. */
const isFlag = (word: string): boolean => /^(?:-|--[a-z]+)$/u.test(word);

/** A command line on the scenario of a result, named and varied as it was when it was measured; `< SCENARIO` where it came through a pipe. */
export function onScenario(
  command: 'run' | 'up',
  { scenario, given = [scenario] }: Pick<RunResult, 'scenario' | 'given'>,
  option = '',
): string {
  const words = given.map((word) => (isFlag(word) ? word : shellWord(word)));
  const line = ['netlab', command, ...words, option].join(' ').trim();
  return given[0] === '-' ? `${line} < SCENARIO` : line;
}
