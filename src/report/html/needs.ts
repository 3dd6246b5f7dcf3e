import type { ComparedRun } from '../../result/comparison.js';
import { noNeeds } from '../comparison-model.js';
import { html, type Html } from './html.js';
import { runId } from './ids.js';

/** What each run needs beyond a bridge; nothing when no result tells. */
export function needsSection(runs: readonly ComparedRun[]): Html {
  if (runs.every(({ result }) => result.design === undefined)) return html``;
  return html`<section id="needs"><h2>What each needs</h2>
<table class="needs">
<thead><tr><th scope="col">run</th><th scope="col">daemons</th><th scope="col">listens on</th><th scope="col">kernel</th><th scope="col">for the way out</th></tr></thead>
<tbody>${runs.map(row)}</tbody></table></section>`;
}

function row({ name, result: { design } }: ComparedRun): Html {
  const head = html`<th scope="row"><a href="#${runId(name)}">${name}</a></th>`;
  if (design === undefined) return html`<tr>${head}<td colspan="4" class="quiet">not told</td></tr>`;
  const { daemons, listeners, kernelFeatures, forEgress } = design.needs;
  const columns = { daemons, 'listens on': listeners, kernel: kernelFeatures, 'for the way out': forEgress };
  const lists = Object.entries(columns);
  if (lists.every(([, names]) => names.length === 0)) return html`<tr>${head}<td colspan="4">${noNeeds}</td></tr>`;
  return html`<tr>${head}${lists.map(
    ([label, names]) =>
      html`<td data-label="${label}"${names.length === 0 ? html` class="none"` : ''}>${names.length === 0 ? '–' : names.join(', ')}</td>`,
  )}</tr>
`;
}
