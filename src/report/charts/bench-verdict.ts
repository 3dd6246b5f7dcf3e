/** What a benchmark comes to, before all charts: a line for each network that was judged. */
import type { BenchComparison, BenchResult } from '../../result/bench.js';
import { metrics } from '../../result/bench-metrics.js';
import { formatEffect } from '../bench-text.js';
import { element, type Svg } from './svg.js';

/** Nothing where nothing was compared. */
export function verdictLines({ comparisons }: BenchResult): readonly Svg[] {
  const names = [...new Set(comparisons.map(({ target }) => target))];
  return names.map((name) =>
    line(
      name,
      comparisons.filter(({ target }) => target === name),
    ),
  );
}

function line(name: string, all: readonly BenchComparison[]): Svg {
  const having = (verdict: BenchComparison['verdict']) => all.filter((one) => one.verdict === verdict);
  const told = (verdict: 'worse' | 'better') => {
    const found = having(verdict);
    return found.length === 0 ? [] : [`${verdict}: ${found.map(measure).join(', ')}`];
  };
  const parts = [
    ...told('worse'),
    ...told('better'),
    ...(having('same').length === 0 ? [] : [`the same: ${having('same').length}`]),
    ...(having('inconclusive').length === 0 ? [] : [`inconclusive: ${having('inconclusive').length}`]),
  ];
  return element('p', {}, element('b', {}, name), ` against ${all[0]?.against ?? ''}: ${parts.join('; ')}.`);
}

const measure = ({ metric, effect, pass }: BenchComparison): string =>
  `${metrics[metric].title}${pass === 'equal' ? ' at one MTU' : ''}${effect === null ? '' : ` (${formatEffect(metric, effect)})`}`;
