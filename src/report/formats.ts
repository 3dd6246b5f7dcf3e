/** Every format in which a result can be had, each loaded when it is asked for. */
import type { Comparison } from '../result/comparison.js';
import type { Stored } from '../result/stored.js';
import { asComparison } from './comparison-model.js';
import type { Style } from './style.js';

/** The document first: when the disk is full, it is the others that are missing. */
export const fileFormats = ['json', 'text', 'markdown', 'html', 'junit', 'ctrf'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** How a file of that format is called: `comparison.junit.xml`. */
export const fileSuffixes: Readonly<Record<FileFormat, string>> = {
  json: 'json',
  text: 'txt',
  markdown: 'md',
  html: 'html',
  junit: 'junit.xml',
  ctrf: 'ctrf.json',
};

/** Without colours, as a CI log shows it well. */
export const fileStyle: Style = { color: false, unicode: true, width: 100 };

/** A stored run or comparison as the text of a file. */
export async function renderFile(format: FileFormat, stored: Stored): Promise<string> {
  const document = stored.kind === 'run' ? stored.result : stored.comparison;
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (format === 'text') return await renderText(stored, fileStyle, false);
  return await render(format, stored.kind === 'run' ? asComparison(stored.result) : stored.comparison);
}

/** A stored run or comparison for people, on a terminal. */
export async function renderText(stored: Stored, style: Style, verbose: boolean): Promise<string> {
  if (stored.kind === 'comparison')
    return (await import('./comparison-terminal.js')).renderComparison(stored.comparison, style);
  return (await import('./terminal.js')).renderRun(stored.result, style, verbose);
}

async function render(format: Exclude<FileFormat, 'json' | 'text'>, comparison: Comparison): Promise<string> {
  switch (format) {
    case 'markdown':
      return (await import('./markdown.js')).renderMarkdown(comparison);
    case 'junit':
      return (await import('./junit.js')).renderJunit(comparison);
    case 'ctrf':
      return (await import('./ctrf.js')).renderCtrf(comparison);
    case 'html':
      return await (await import('./html/page.js')).renderHtml(comparison);
  }
}
