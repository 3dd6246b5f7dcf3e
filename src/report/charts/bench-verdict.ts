/** What a benchmark comes to, before all charts: a line for each network that was judged, then every judgement. */
import type { BenchComparison, BenchResult } from '../../result/bench.js';
import { metrics } from '../../result/bench-metrics.js';
import { formatEffect, formatEffectRange, verdictText, whereText } from '../bench-text.js';
import { html, type Html } from '../html/html.js';
import type { Section } from './page-frame.js';

type Verdict = BenchComparison['verdict'];

/** Of one kind in a line; all are in the table. */
const MOST_MEASURES = 4;

const words: Readonly<Record<Verdict, string>> = {
  worse: 'worse',
  better: 'better',
  same: 'the same',
  inconclusive: 'inconclusive',
};

const badge = (verdict: Verdict, text = words[verdict]): Html => html`<span class="badge ${verdict}">${text}</span>`;

/** Nothing where nothing was compared. */
export function verdictLines({ comparisons }: BenchResult): Html {
  const names = [...new Set(comparisons.map(({ target }) => target))];
  if (names.length === 0) return html``;
  const of = (name: string) => comparisons.filter(({ target }) => target === name);
  return html`<ul class="told">${names.map((name) => line(name, of(name)))}</ul>`;
}

function line(name: string, all: readonly BenchComparison[]): Html {
  const having = (verdict: Verdict) => all.filter((one) => one.verdict === verdict);
  const told = (verdict: 'worse' | 'better') => {
    const found = having(verdict);
    const rest = found.length > MOST_MEASURES ? ` and ${found.length - MOST_MEASURES} more` : '';
    return found.length === 0
      ? ''
      : html` ${badge(verdict)} ${found.slice(0, MOST_MEASURES).map(measure).join(', ')}${rest}`;
  };
  const counted = (verdict: 'same' | 'inconclusive') => {
    const { length } = having(verdict);
    return length === 0 ? '' : html` ${badge(verdict, `${words[verdict]}: ${length}`)}`;
  };
  return html`<li><b>${name}</b> against ${all[0]?.against ?? ''}:${told('worse')}${told('better')}${counted('same')}${counted('inconclusive')}</li>
`;
}

const measure = ({ metric, effect, pass }: BenchComparison): string =>
  `${metrics[metric].title}${pass === 'equal' ? ' at one MTU' : ''}${effect === null ? '' : ` (${formatEffect(metric, effect)})`}`;

/** Every judgement with its interval; undefined where nothing was compared. */
export function judgedSection({ comparisons }: BenchResult): Section | undefined {
  const [first] = comparisons;
  if (first === undefined) return undefined;
  const body = html`<table class="needs judged">
<thead><tr><th scope="col">network</th><th scope="col">where</th><th scope="col">what</th><th scope="col">differs by</th><th scope="col">verdict</th></tr></thead>
<tbody>${comparisons.map(judgedRow)}</tbody></table>`;
  return { id: 'judged', title: `Against ${first.against}`, body };
}

function judgedRow(one: BenchComparison): Html {
  const { target, metric, effect, interval, verdict } = one;
  const [, reason = ''] = /^INCONCLUSIVE: (.*)$/su.exec(verdictText(one)) ?? [];
  return html`<tr><th scope="row">${target}</th><td data-label="where">${whereText(one)}</td><td data-label="what">${metrics[metric].title}</td><td data-label="differs by">${formatEffectRange(metric, effect, interval)}</td><td>${badge(verdict)}${reason === '' ? '' : html` <span class="quiet">${reason}</span>`}</td></tr>
`;
}
