/** How the reader calls netlab: in a fresh clone that is `./netlab`, and `netlab` is "command not found". */

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
