/** Text from elsewhere inside Markdown. */
import { printable } from './style.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Shows a text as it is: no markup, no HTML, no formula, nobody is mentioned, and no cell of a table ends. One line. */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll(/[&<>]/gu, (character) => entities[character] ?? character)
    .replaceAll(/[\\`*_[\]|~$#]/gu, (character) => `\\${character}`)
    .replaceAll(/@(?=\w)/gu, '@<!-- -->');
}

/** A table whose cells are Markdown already; the first column is text, the others are centred or to the right. */
export function markdownTable(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  others: 'left' | 'right' = 'left',
): readonly string[] {
  const rule = header.map((_, index) => (index > 0 && others === 'right' ? '--:' : ':--'));
  return [header, rule, ...rows].map(tableLine);
}

const tableLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
