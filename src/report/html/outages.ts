/** How long flows were not delivered after something had broken. */
import type { ComparedRun } from '../../result/comparison.js';
import { type Outage, outagesOf } from '../outages.js';
import { formatDuration } from '../text.js';
import { html, type Html } from './html.js';
import { legend } from './legend.js';
import { runId } from './ids.js';

/** Of each run the longest; the others are among the measured values. */
const shownOutages = 8;

/** Whether any check measured an outage. */
export const haveOutages = (runs: readonly ComparedRun[]): boolean => runs.some((run) => outagesOf(run).length > 0);

export function outagesSection(runs: readonly ComparedRun[]): Html {
  if (!haveOutages(runs)) return html``;
  const all = runs.map((run) => ({ name: run.name, outages: outagesOf(run) }));
  const ends = all.flatMap(({ outages }) => outages.flatMap(({ timeline }) => timeline.map(({ toMs }) => toMs)));
  const longestMs = Math.max(1, ...ends);
  return html`<section id="outages"><h2>Outages</h2>
<p class="hint">Time runs from the moment of the fault to ${formatDuration(longestMs)} after it.</p>
${legend([
  ['up', 'delivered'],
  ['down', 'not delivered'],
  ['down unpromised', 'not delivered, and not promised'],
])}
<table class="bars outages">
<thead><tr><th scope="col">run</th><th scope="col" class="chart">0 to ${formatDuration(longestMs)}</th><th scope="col" class="number">outage</th><th scope="col">promise</th></tr></thead>
<tbody>${all.map(({ name, outages }) => rows(name, outages, longestMs))}</tbody></table></section>`;
}

function rows(name: string, outages: readonly Outage[], longestMs: number): Html {
  const hidden = outages.length - shownOutages;
  return html`${outages.slice(0, shownOutages).map(
    (
      one,
      place,
    ) => html`<tr${one.promised ? '' : html` class="unpromised"`}><th scope="row">${place === 0 ? html`<a href="#${runId(name)}">${name}</a>` : ''}<span class="note">${one.subject}</span></th>
<td class="chart">${chart(one, longestMs)}</td><td class="number ${one.outageMs === null && one.promised ? 'off' : ''}" data-label="outage">${lengthText(one)}</td><td data-label="promise">${one.promise}${one.promised ? '' : html` <span class="quiet">not promised</span>`}</td></tr>
`,
  )}${hidden > 0 ? html`<tr><th scope="row"></th><td colspan="3" class="quiet">and ${hidden} more, none longer</td></tr>` : ''}`;
}

const lengthText = ({ outageMs, promised }: Outage): string =>
  outageMs === null ? `did not end${promised ? ' ✖' : ''}` : formatDuration(outageMs);

function chart(outage: Outage, longestMs: number): Html {
  const share = (ms: number): string => `${((100 * ms) / longestMs).toFixed(2)}%`;
  const { outageMs, timeline, promised } = outage;
  const shown =
    outageMs === null && timeline.length === 0 ? [{ delivered: false, fromMs: 0, toMs: longestMs }] : timeline;
  return html`<svg class="bar" role="img" aria-label="${lengthText(outage)}"><rect class="up" y="12" width="100%" height="2"/>${shown.map(
    ({ delivered, fromMs, toMs }) =>
      html`<rect class="${delivered ? 'up' : promised ? 'down' : 'down unpromised'}" x="${share(fromMs)}" y="7" width="${share(toMs - fromMs)}" height="12"/>`,
  )}</svg>`;
}
