/** Cells of the matrix, and what each opens: why it is what it is. */
import type { PromiseName } from '../../declaration/promise.js';
import type { ComparedRun } from '../../result/comparison.js';
import type { CheckResult, Evidence, Observation } from '../../result/result.js';
import { type MatrixCell, matrixOf, obstaclesOf, type ShownCell } from '../comparison-model.js';
import { promiseAgain } from '../again.js';
import { saveFirst } from '../scenario-again.js';
import { formatDuration } from '../text.js';
import { type Content, html, type Html } from './html.js';
import { whyId } from './ids.js';
import { aboutLink } from './about.js';
import { remedyLines } from './remedy.js';
import { commandLine } from './tools.js';

const marks: Readonly<Record<ShownCell, string>> = {
  kept: '✔',
  BROKEN: '✖',
  absent: '–',
  extra: '+',
  unverified: '?',
  'not applicable': '∅',
  'not built': '·',
  'not measured': '·',
};

const classOf = (cell: ShownCell): string => cell.toLowerCase().replace(' ', '-');

/** The mark and the word: never a colour alone. */
export const badge = (cell: ShownCell): Html =>
  html`<span class="badge ${classOf(cell)}"><span class="mark" aria-hidden="true">${marks[cell]}</span> ${cell}</span>`;

/** A cell that opens the reason without any script: by click, tap or Enter; Esc closes it. */
export function cellButton({ cell, run }: MatrixCell, promise: PromiseName): Html {
  const label = `${promise} of ${run.name}: ${cell}. Why?`;
  return html`<button class="cell ${classOf(cell)}" popovertarget="${whyId(run.name, promise)}" aria-label="${label}"><span class="mark">${marks[cell]}</span><span class="word">${cell}</span></button>`;
}

/** All that cells can open. */
export function reasons(runs: readonly ComparedRun[]): Html {
  return html`${matrixOf(runs).map(({ promise, cells }) => cells.map((cell) => reason(cell, promise, whyId(cell.run.name, promise))))}`;
}

function reason(shown: MatrixCell, promise: PromiseName, id: string): Html {
  const { cell, run, result } = shown;
  return html`
<div class="why" id="${id}" popover>
  <div class="why-head"><div><p class="eyebrow">${run.name}</p><h2>${promise}</h2></div>
  <button class="close" popovertarget="${id}" popovertargetaction="hide">Close</button></div>
  <p>${badge(cell)}${result === undefined ? '' : html` <span class="quiet">declared: ${result.declared}</span>`}</p>
  ${result === undefined ? untold(run, cell) : html`<p class="declared">${result.why}</p>${result.checks.map(checkDetails)}`}
  <h3 class="again">Measure it again</h3>${commandLine(promiseAgain(run.result, promise), saveFirst(run.result))}
  ${aboutLink(promise)}<p class="quiet"><a href="#${id}">Link to this cell</a></p>
</div>`;
}

function untold({ result }: ComparedRun, cell: ShownCell): Html {
  if (cell === 'not measured') return html`<p>This run did not measure it.</p>`;
  const obstacles = obstaclesOf(result);
  if (obstacles.length === 0) return html`<p>There was no lab.</p>`;
  return html`${obstacles.map(({ why, remedy }) => html`<p>${why}</p>${remedyLines(remedy)}`)}`;
}

/** What a check measured, why it failed or could not tell, and what it saw. */
export function checkDetails({
  verdict,
  summary,
  coverage,
  reason: why,
  remedy,
  evidence,
  observations,
  durationMs,
}: CheckResult): Html {
  return html`
<div class="check">
  <p>${summary}</p>
  <p class="quiet">${verdict} in ${formatDuration(durationMs)}${coverage === undefined ? '' : html`; ${coverage}`}</p>
  ${why === undefined ? '' : html`<p>${why}</p>`}${remedy === undefined ? '' : remedyLines(remedy)}
  ${evidence.length === 0 ? '' : evidenceList(evidence)}
  ${observations.length === 0 ? '' : observationTable(observations)}
</div>`;
}

/** More than these are folded. */
const shownEvidence = 5;

function evidenceList(evidence: readonly Evidence[]): Html {
  const more = evidence.slice(shownEvidence);
  const folded =
    more.length === 0
      ? ''
      : html`<details><summary>${more.length} more like these</summary><ul class="evidence">${more.map(evidenceItem)}</ul></details>`;
  return html`<ul class="evidence">${evidence.slice(0, shownEvidence).map(evidenceItem)}</ul>${folded}`;
}

function evidenceItem({ message, where, expected, seen }: Evidence): Html {
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    ['expected', expected],
    ['seen', seen],
    ['where', where],
  ];
  const rows: readonly Content[] = facts.flatMap(([name, text]) =>
    text === undefined ? [] : [html`<dt>${name}</dt><dd>${name === 'where' ? html`<code>${text}</code>` : text}</dd>`],
  );
  return html`<li>${message}${rows.length === 0 ? '' : html`<dl>${rows}</dl>`}</li>`;
}

function observationTable(observations: readonly Observation[]): Html {
  return html`<details class="values"><summary>${observations.length} measured ${observations.length === 1 ? 'value' : 'values'}</summary>
<div class="scroll"><table class="values"><thead><tr><th>name</th><th>value</th><th>of</th></tr></thead><tbody>${observations.map(
    ({ name, value, subject = '' }) =>
      html`<tr><td>${name}</td><td class="value">${value === null ? 'none' : String(value)}</td><td>${subject}</td></tr>`,
  )}</tbody></table></div></details>`;
}
