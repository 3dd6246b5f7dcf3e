/** Every format in which a result can be had, each loaded when it is asked for. */
import type { Comparison } from '../result/comparison.js';
import type { Stored } from '../result/stored.js';
import { asComparison } from './comparison-model.js';
import { withRemediesAsCalled } from './command-name.js';
import { benchFormats, differenceFormats, renderBenchFile, renderDifferenceFile } from './bench-formats.js';
import { fileStyle, type Style } from './style.js';

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

/** Those that there are of each kind of document. */
export const formatsOf: Readonly<Record<Stored['kind'], readonly FileFormat[]>> = {
  run: fileFormats,
  comparison: fileFormats,
  bench: benchFormats,
  'bench-difference': differenceFormats,
};

/**
 * A stored document as the text of a file; in one of {@link formatsOf} its kind.
 * @param command how the reader calls netlab
 */
export async function renderFile(format: FileFormat, stored: Stored, command = 'netlab'): Promise<string> {
  if (stored.kind === 'bench') return await renderBenchFile(oneOf(benchFormats, format), stored.bench, command);
  if (stored.kind === 'bench-difference')
    return await renderDifferenceFile(oneOf(differenceFormats, format), stored.difference);
  const document = stored.kind === 'run' ? stored.result : stored.comparison;
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (format === 'text') return await renderText(stored, { ...fileStyle, command }, false);
  return await render(format, stored.kind === 'run' ? asComparison(stored.result) : stored.comparison, command);
}

function oneOf<Format extends FileFormat>(formats: readonly Format[], wanted: FileFormat): Format {
  const found = formats.find((format) => format === wanted);
  if (found === undefined) throw new Error(`there is no ${wanted} of this kind of document`);
  return found;
}

/** A stored document for people, on a terminal. */
export async function renderText(stored: Stored, style: Style, verbose: boolean): Promise<string> {
  switch (stored.kind) {
    case 'run':
      return (await import('./terminal.js')).renderRun(stored.result, style, verbose);
    case 'comparison':
      return (await import('./comparison-terminal.js')).renderComparison(stored.comparison, style);
    case 'bench':
      return (await import('./bench-terminal.js')).renderBench(stored.bench, style);
    case 'bench-difference':
      return (await import('./bench-terminal.js')).renderDifference(stored.difference, style);
  }
}

async function render(
  format: Exclude<FileFormat, 'json' | 'text'>,
  comparison: Comparison,
  command: string,
): Promise<string> {
  const called = withRemediesAsCalled(comparison, command);
  switch (format) {
    case 'markdown':
      return (await import('./markdown.js')).renderMarkdown(called);
    case 'junit':
      return (await import('./junit.js')).renderJunit(called);
    case 'ctrf':
      return (await import('./ctrf.js')).renderCtrf(called);
    case 'html':
      return await (await import('./html/page.js')).renderHtml(comparison, command);
  }
}
