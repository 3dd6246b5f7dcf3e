/** What was compared, before what came out: each network with its picture. */
import type { ComparedRun } from '../../result/comparison.js';
import { thumbnail } from './drawing.js';
import { html, type Html } from './html.js';
import { runId } from './ids.js';

export function comparedSection(runs: readonly ComparedRun[]): Html {
  if (runs.length < 2) return html``;
  return html`<section id="compared"><h2>Compared</h2><ul class="cards">${runs.map(card)}</ul></section>`;
}

function card({ name, result: { design, strategy } }: ComparedRun): Html {
  return html`<li><a href="#${runId(name)}">${design === undefined ? '' : thumbnail(design.topology)}<span class="card-name">${name}</span><span class="quiet">${design?.title ?? strategy}</span></a></li>
`;
}
