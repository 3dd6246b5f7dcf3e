/** What process 1 of a sandbox said last: when it ends by itself, that is why. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Node.js shows ten places of a stack, with the message and the line of code above them. */
const LINES = 16;
const KEPT_BYTES = 8192;

/** The last lines of a text that have anything in them, indented, each on a line of its own; empty when there is none. */
export function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-LINES)
    .map((line) => `\n  ${line.trimEnd()}`)
    .join('');
}

/** The end of a text that grows, without keeping the rest. */
export const keepEnd = (text: string): string => text.slice(-KEPT_BYTES);

/** The end of a file; empty when it cannot be read. */
export function endOfFile(path: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(KEPT_BYTES);
      const from = Math.max(0, fstatSync(fd).size - KEPT_BYTES);
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, KEPT_BYTES, from));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
