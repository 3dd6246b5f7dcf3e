/** Pages of the documentation, in a terminal (`netlab help path-mtu`, `netlab help vxlan`) and inside reports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '#lab/programs.js';
import { asCalled } from './command-name.js';
import { fitPage } from './fit-page.js';
import { type Style, paint } from './style.js';

/** Folders of pages whose names can be asked for, and where the part ends that a terminal has room for. */
const shelves = [
  { folder: 'promises', end: '## Who promises it' },
  { folder: 'strategies', end: '## What it promises, and why' },
] as const;

/** What stands there about a promise or a strategy, as Markdown; undefined when the word names neither. */
export function pageOf(word: string): string | undefined {
  if (!/^[a-z0-9-]+$/.test(word)) return undefined;
  for (const { folder, end } of shelves) {
    const file = join(packageDirectory, 'docs', folder, `${word}.md`);
    if (existsSync(file)) return readFileSync(file, 'utf8').split(end)[0]?.trimEnd();
  }
  return undefined;
}

/** What {@link pageOf} knows, by shelf. */
export function topics(): ReadonlyArray<{ readonly shelf: string; readonly names: readonly string[] }> {
  return shelves.map(({ folder }) => {
    const files = readdirSync(join(packageDirectory, 'docs', folder));
    const names = files.flatMap((file) => /^([a-z0-9-]+)\.md$/u.exec(file)?.[1] ?? []);
    return { shelf: folder, names: names.toSorted() };
  });
}

/** Markdown as text, fitted to a terminal: headings stand out, links are their words, pictures are left to pages. */
export function pageText(page: string, markdown: string, style: Style): string {
  const text = asCalled(markdown, style.command)
    .replaceAll(/^!\[.*\n\n?/gm, '')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  const lines = fitPage(text, page, style)
    .split('\n')
    .map((line) => (line.startsWith('#') ? paint(style, 'strong', line.replace(/^#+ /, '')) : line));
  return `${lines.join('\n')}\n`;
}
