/** Lines fitted to a terminal: no word is broken at its edge, and what people copy stays on one line. */
import { atCommands } from './commands.js';

export interface Room {
  /** Columns of the terminal; absent where there is none: then lines stay as they are. */
  readonly width?: number | undefined;
  /** How netlab is called in the text. */
  readonly command?: string | undefined;
  /** Lines after the first stand below it, and not to the right. */
  readonly isProse?: boolean;
}

/** Stands for a blank at which no line may end; what is printable has none of it. */
const BOUND = '\u0000';
/** Columns that a lead must leave for the text beside it. */
const LEAST_BESIDE = 24;
/** What the lines after the first stand to the right of a line without a lead. */
const STEP = 2;

/** `netlab: `, `What to do: `, the first column of a list, the sign of a comment; at least the indentation. */
const lead = /^(?:netlab: |What to do: | *# | +[\w-]+ {2,}| *)/u;

/** @param text lines, without colours */
export const fitText = (text: string, room: Room): string =>
  text
    .split('\n')
    .map((line) => fitLine(line, room))
    .join('\n');

function fitLine(line: string, { width, command, isProse = false }: Room): string {
  if (width === undefined || line.length <= width) return line;
  const [first = ''] = lead.exec(line) ?? [];
  const margin = isProse ? '' : marginOf(first, width);
  const lines: string[] = [];
  let current = first;
  let isBegun = false;
  for (const word of wordsOf(line.slice(first.length), command)) {
    if (isBegun && current.length + 1 + word.length > width) {
      lines.push(current);
      [current, isBegun] = [margin, false];
    }
    current += isBegun ? ` ${word}` : word;
    isBegun = true;
  }
  return [...lines, current].map((one) => one.replaceAll(BOUND, ' ')).join('\n');
}

function marginOf(first: string, width: number): string {
  if (first.endsWith('# ')) return first;
  if (first.trim() === '') return ' '.repeat(first.length + STEP);
  return ' '.repeat(width - first.length < LEAST_BESIDE ? STEP : first.length);
}

const whole = (part: string): string => part.replaceAll(' ', BOUND);

/** Commands, and names in code, are one word. */
function wordsOf(text: string, command: string | undefined): readonly string[] {
  const bound = atCommands(text, command).map((part, index) =>
    index % 2 === 1 ? whole(part) : part.replaceAll(/`[^`]+`/gu, whole),
  );
  return bound
    .join('')
    .split(' ')
    .filter((word) => word !== '');
}
