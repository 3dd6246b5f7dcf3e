/** The history of benchmarks as a page. */
import type { HistoryEntry } from '../../result/bench-history.js';
import { metrics } from '../../result/bench-metrics.js';
import { benchNote } from '../bench-text.js';
import { count } from '../text.js';
import { chartSection, pageOf } from './page-frame.js';
import { element } from './svg.js';
import { trendChart, trendsOf } from './trend-chart.js';

/** A whole document, ending in a newline. */
export function renderTrendPage(entries: readonly HistoryEntry[]): string {
  const days = entries.map(({ startedAt }) => startedAt.slice(0, 10));
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const kernels = [...new Set(entries.map(({ kernel, processor }) => `Linux ${kernel} ${processor}`.trim()))];
  return pageOf('netlab bench: trend', [
    element('h1', {}, `${count(entries.length, 'benchmark')}, ${first} to ${last}`),
    element('p', { class: 'quiet' }, kernels.join(' · ')),
    element('p', {}, `${benchNote} Points of a noisy machine are hollow.`),
    ...trendsOf(entries).map((trend) =>
      chartSection(
        metrics[trend.metric].title,
        `${trend.pair}${trend.pass === 'equal' ? ', all at one MTU' : ''}; ${metrics[trend.metric].better} is better.`,
        trendChart(entries, trend),
      ),
    ),
  ]);
}
