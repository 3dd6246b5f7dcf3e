/** A page of the documentation, fitted to a terminal. */
import { fitText } from './fit.js';
import type { Style } from './style.js';

/**
 * Paragraphs as wide as the terminal; a drawing that is wider is cut, and where all of it is to be seen is said; what people
 * copy stays on one line, with its comment above it where there is no room beside it.
 * @param page its name, as `netlab help` takes it
 */
export function fitPage(text: string, page: string, { terminalWidth: width, command = 'netlab' }: Style): string {
  if (width === undefined) return text;
  const room = { width, command };
  const blocks = text.split(/\n{2,}/u).map((block) => {
    if (!block.startsWith('    ')) return fitText(block.replaceAll('\n', ' '), { ...room, isProse: true });
    const lines = block.split('\n');
    if (lines.every((line) => line.length <= width)) return block;
    if (isDrawing(block)) return drawing(block, page, room);
    return lines.map((line) => commandLine(line, width)).join('\n');
  });
  return blocks.join('\n\n');
}

/** Box Drawing, as Unicode calls it. */
const isDrawing = (block: string): boolean => /[\u2500-\u257f]/u.test(block);

/** What stands right of the boxes is cut off where there is no room for it; a drawing whose boxes have none is left out. */
function drawing(
  block: string,
  page: string,
  { width, command }: { readonly width: number; readonly command: string },
): string {
  const lines = block.split('\n');
  const columns = (pattern: RegExp): number => Math.max(...lines.map((line) => pattern.exec(line)?.[0].length ?? 0));
  const words = fitText(`    (drawn in ${columns(/.*/u)} columns: ${command} help ${page} | less -S)`, {
    width,
    command,
  });
  if (columns(/.*[\u2500-\u257f]/u) > width) return words;
  const cut = lines.map((line) => (line.length <= width ? line : line.slice(0, width).replace(/ *\S*$/u, '')));
  return [...cut, words].join('\n');
}

/** `    netlab plan vxlan     # what would be built` */
function commandLine(line: string, width: number): string {
  const [, command, comment] = /^(.*\S) +(# .*)$/u.exec(line) ?? [];
  if (line.length <= width || command === undefined || comment === undefined) return line;
  return `${fitText(`    ${comment}`, { width })}\n${command}`;
}
