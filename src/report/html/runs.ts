/** All about each run: its picture, its promises, its machine. */
import type { ComparedRun } from '../../result/comparison.js';
import { isClean } from '../../result/exit-code.js';
import type { LeakProof, RunResult } from '../../result/result.js';
import { circumstances, type ShownCell, wasBuilt } from '../comparison-model.js';
import { followedText } from '../followed.js';
import { measuredText } from '../matrix.js';
import { count } from '../text.js';
import { othersWords } from '../conclusion.js';
import { badge } from './cells.js';
import { picture } from './drawing.js';
import { html, type Html } from './html.js';
import { runId } from './ids.js';

/** Closed when there are several: the page is about what they have in common. */
export async function runsSection(runs: readonly ComparedRun[]): Promise<Html> {
  const sections: Html[] = [];
  for (const run of runs) sections.push(await runSection(run, runs.length === 1));
  return html`<section id="runs"><h2>${runs.length === 1 ? 'The run' : 'Each run'}</h2>${sections}</section>`;
}

async function runSection({ name, result }: ComparedRun, open: boolean): Promise<Html> {
  const { design } = result;
  return html`<details class="run"${open ? html` open` : ''}><summary><span class="run-name">${name}</span> <span class="quiet">${design?.title ?? result.strategy}</span> <span class="tally">${tally(result)}</span></summary>
<div class="run-body" id="${runId(name)}">
<p class="quiet">${facts(result)}</p>
${[...circumstances(result), followedText(result) ?? []].flat().map((line) => html`<p class="quiet">${line}</p>`)}
${design === undefined ? '' : picture(design.topology)}
${result.promises.length === 0 ? html`<p>No promise was measured.</p>` : open ? '' : promises(result)}
${result.drift.length === 0 ? '' : html`<h4>The lab differed from its plan</h4><ul>${result.drift.map((line) => html`<li>${line}</li>`)}</ul>`}
${result.leaks === null ? '' : leakLine(result.leaks)}
<p class="quiet digest">Plan <code>${result.plan.digest.slice(0, 16)}</code>, started ${result.startedAt}</p>
</div></details>`;
}

/** How many cells of each kind. */
function tally(result: RunResult): Html {
  if (!wasBuilt(result)) return badge('not built');
  const cells: readonly ShownCell[] = ['kept', 'BROKEN', 'absent', 'extra', 'unverified', 'not applicable'];
  return html`${cells.map((cell) => {
    const number = result.promises.filter((one) => one.cell === cell).length;
    return number === 0 ? '' : html`<span>${number} ${badge(cell)}</span> `;
  })}`;
}

function facts({ plan, design, environment, scenario, strategy }: RunResult): string {
  const { kernel, cores, privilege, tools } = environment;
  return [
    scenario === strategy ? `scenario ${scenario}` : `scenario ${scenario}, strategy ${strategy}`,
    `${count(plan.hosts, 'host')}, ${count(plan.containers, 'container')}`,
    ...(design === undefined ? [] : [`${design.underlay.kind} underlay, wire MTU ${design.underlay.mtuBytes}`]),
    `Linux ${kernel}, ${count(cores, 'core')}, ${privilege}`,
    ...Object.entries(tools).map(([tool, version]) => `${tool} ${version}`),
  ].join(' · ');
}

function promises(result: RunResult): Html {
  return html`<table class="promises"><thead><tr><th scope="col">promise</th><th scope="col">cell</th><th scope="col">what was measured</th></tr></thead>
<tbody>${result.promises.map(
    (one) =>
      html`<tr><th scope="row">${one.promise}</th><td>${badge(one.cell)}</td><td class="measured">${measuredText(one, false)}</td></tr>
`,
  )}</tbody></table>`;
}

function leakLine(leaks: LeakProof): Html {
  const unread = leaks.notCompared.length === 0 ? '' : ` Not compared: ${leaks.notCompared.join(', ')}.`;
  const text = isClean(leaks) ? 'Nothing is left.' : 'Something is left: see the findings.';
  return html`<p class="quiet">${text} Compared: ${leaks.compared.join(', ')}.${unread} ${othersWords(leaks)}</p>`;
}
