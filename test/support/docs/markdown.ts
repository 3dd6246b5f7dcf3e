/** What generated pages are made of. */
import { readFileSync } from 'node:fs';

/** A table of Markdown; bars in cells are escaped. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** The top of the project. */
export const top = new URL('../../../', import.meta.url);

export const readTop = (path: string): string => readFileSync(new URL(path, top), 'utf8');

/** The first documentation comment of a module, which speaks of the module, as the Markdown that it is. */
export function moduleComment(path: string): string {
  const comment = /^\/\*\*\n(?<lines>.*?)\n \*\//s.exec(readTop(path))?.groups?.['lines'];
  if (comment === undefined) throw new Error(`${path} begins with no documentation comment`);
  return comment.replaceAll(/^ \* ?/gm, '');
}
