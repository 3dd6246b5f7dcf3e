/** How text is shown: colours, the characters of lines and marks, and the width. Decided once, handed to every renderer. */
import { styleText } from 'node:util';

/** A colour by its meaning, so that the same thing looks the same everywhere. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong';

export interface Style {
  readonly color: boolean;
  /** Box drawing and marks beyond ASCII. */
  readonly unicode: boolean;
  /** Columns that a line of running text may have. */
  readonly width: number;
  /** Columns that a table may have, where the terminal is wider than one reads comfortably. */
  readonly tableWidth?: number;
  /** Columns of the terminal; absent where there is none, and running text stays as it is. */
  readonly terminalWidth?: number;
  /** How the reader calls netlab; `netlab` when absent. */
  readonly command?: string;
}

/** Of files: without colours, as a CI log shows it well. */
export const fileStyle: Style = { color: false, unicode: true, width: 100 };

/** ASCII, no colours: what a pipe gets in the C locale. */
export const plainStyle: Style = { color: false, unicode: false, width: 80 };

const formats = { good: 'green', bad: ['red', 'bold'], warn: 'yellow', quiet: 'dim', strong: 'bold' } as const;

/** The text in a tone; unchanged without colours. */
export function paint(style: Style, tone: Tone, text: string): string {
  if (!style.color || text === '') return text;
  const format = formats[tone];
  return styleText(typeof format === 'string' ? format : [...format], text, { validateStream: false });
}

const unicodeMarks = {
  good: '✔',
  bad: '✖',
  unknown: '?',
  extra: '+',
  absent: '–',
  inapplicable: '∅',
  dot: '·',
  arrow: '→',
  more: '…',
} as const;
const asciiMarks = {
  good: '*',
  bad: 'x',
  unknown: '?',
  extra: '+',
  absent: '-',
  inapplicable: '0',
  dot: '|',
  arrow: '->',
  more: '...',
} as const;

/** The marks that reports use. */
export function marks(style: Style): Readonly<Record<keyof typeof unicodeMarks, string>> {
  return style.unicode ? unicodeMarks : asciiMarks;
}

/**
 * Control characters, unpaired surrogates, line separators, and what is invisible or turns text around (Unicode's Bidi_Control is
 * part of general category Cf, as are zero-width characters and tags); but for what joins letters and emoji.
 */
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

/**
 * A text from elsewhere (a scenario, a daemon, a stored file, a path) made safe to print: characters that could move the cursor,
 * recolour the terminal or show another text than there is become visible escapes; a line that GitHub's runner would
 * obey (`::error::`, `##[group]`) is no command any more.
 */
export function printable(text: string): string {
  return inert(text.replace(unsafe, escaped));
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 10) return ' ';
  const digits = code.toString(16);
  return code > 0xffff
    ? `\\u{${digits}}`
    : code > 0xff
      ? `\\u${digits.padStart(4, '0')}`
      : `\\x${digits.padStart(2, '0')}`;
}

/**
 * Workflow commands of the newer kind stand at the beginning of a line, behind blanks at most; those of the older kind
 * anywhere (actions/runner, ActionCommand.cs). `::1` and `::/0` are addresses.
 */
function inert(text: string): string {
  return text.replace(/^(\s*)(?=::[a-z-]+(?: [^:]*)?::)/iu, '$1\\').replaceAll(/##(?=\[[a-z])/giu, '#\\#');
}

/** The same for every string in a document. */
export function printableDeep<T>(value: T): T;
export function printableDeep(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map((item) => printableDeep<unknown>(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), printableDeep<unknown>(item)]));
}
