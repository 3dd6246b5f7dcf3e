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
 * A text from elsewhere (a scenario, a daemon, a stored file) made safe to print: control characters, which could move
 * the cursor or recolour the terminal, become visible escapes.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code === 10 ? ' ' : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** The same for every string in a document. */
export function printableDeep<T>(value: T): T;
export function printableDeep(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map((item) => printableDeep<unknown>(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), printableDeep<unknown>(item)]));
}
