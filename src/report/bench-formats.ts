/** Every format in which a benchmark, or the difference of two, can be had, each loaded when it is asked for. */
import type { BenchResult } from '../result/bench.js';
import type { BenchDifference } from '../result/bench-difference.js';
import { withRemediesAsCalled } from './command-name.js';
import { fileStyle } from './style.js';

export const benchFormats = ['json', 'text', 'markdown', 'html', 'junit'] as const;
export type BenchFormat = (typeof benchFormats)[number];
export const differenceFormats = ['json', 'text', 'markdown', 'junit'] as const;
export type DifferenceFormat = (typeof differenceFormats)[number];

/** @param command how the reader calls netlab */
export async function renderBenchFile(format: BenchFormat, result: BenchResult, command = 'netlab'): Promise<string> {
  const called = withRemediesAsCalled(result, command);
  switch (format) {
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
    case 'text':
      return (await import('./bench-terminal.js')).renderBench(called, fileStyle);
    case 'markdown':
      return (await import('./bench-markdown.js')).renderBenchMarkdown(called);
    case 'html':
      return (await import('./charts/bench-page.js')).renderBenchPage(result, command);
    case 'junit':
      return (await import('./bench-junit.js')).renderBenchJunit(called);
  }
}

export async function renderDifferenceFile(format: DifferenceFormat, difference: BenchDifference): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(difference, null, 2)}\n`;
    case 'text':
      return (await import('./bench-terminal.js')).renderDifference(difference, fileStyle);
    case 'markdown':
      return (await import('./bench-markdown.js')).renderDifferenceMarkdown(difference);
    case 'junit':
      return (await import('./bench-junit.js')).renderDifferenceJunit(difference);
  }
}
