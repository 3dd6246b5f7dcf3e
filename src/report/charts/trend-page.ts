/** The history of benchmarks as a page. */
import type { HistoryEntry } from '../../result/bench-history.js';
import { metrics } from '../../result/bench-metrics.js';
import { benchNote } from '../bench-text.js';
import { factsLine } from '../html/frame.js';
import { html } from '../html/html.js';
import { count } from '../text.js';
import { lineChart } from './line-chart.js';
import { chartPage, chartSection, sectionOf } from './page-frame.js';
import { trendChart, trendsOf } from './trend-chart.js';

/** A whole document, ending in a newline. */
export function renderTrendPage(entries: readonly HistoryEntry[]): string {
  const days = entries.map(({ startedAt }) => startedAt.slice(0, 10));
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const kernels = [...new Set(entries.map(({ kernel, processor }) => `Linux ${kernel} ${processor}`.trim()))];
  const targets = [...new Set(entries.flatMap(({ cells }) => cells.map(({ target }) => target)))];
  const names = targets.map((name, index) => [name, index + 1] as const);
  const sections = trendsOf(entries).flatMap((trend) => {
    const { metric, pair, pass } = trend;
    const note = `${pair}${pass === 'equal' ? ', all at one MTU' : ''}; ${metrics[metric].better} is better.`;
    const chart = lineChart(trendChart(entries, trend), names);
    return chartSection(`${metric}-${pair.replaceAll(/\W+/gu, '-')}-${pass}`, metrics[metric].title, note, chart) ?? [];
  });
  const version = entries.at(-1)?.netlabVersion ?? '';
  const body = html`<header>
<p class="eyebrow">netlab ${version} · trend</p>
<h1>${count(entries.length, 'benchmark')}, ${first} to ${last}</h1>
${factsLine(kernels)}
<p class="facts">${benchNote} Points of a noisy machine are hollow.</p>
</header>
<main>
${sections.map(sectionOf)}</main>`;
  return chartPage('netlab bench: trend', version, body);
}
