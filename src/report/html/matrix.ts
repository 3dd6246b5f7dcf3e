import type { ComparedRun } from '../../result/comparison.js';
import { type MatrixRow, matrixOf } from '../comparison-model.js';
import { measuredText } from '../matrix.js';
import { badge, cellButton } from './cells.js';
import { html, type Html } from './html.js';
import { runId } from './ids.js';
import { matrixTools } from './tools.js';

/** The matrix; of a single run, what was measured stands beside each cell. */
export function matrixSection(runs: readonly ComparedRun[]): Html {
  const rows = matrixOf(runs);
  if (rows.length === 0) return html`<section id="matrix"><h2>Promises</h2><p>No promise was measured.</p></section>`;
  const table = runs.length === 1 ? promiseTable(rows) : comparisonTable(runs, rows);
  return html`<section id="matrix"><h2>Promises</h2>
<p class="hint">Every cell opens what was declared, what was measured and why.</p>
${legend(rows)}
${runs.length === 1 ? '' : matrixTools}${table}</section>`;
}

const meanings = {
  kept: 'promised and there',
  BROKEN: 'promised and not there',
  absent: 'not promised and not there',
  extra: 'not promised, but there',
  unverified: 'could not be told',
  'not applicable': 'cannot exist in this cluster',
  'not built': 'no lab to measure',
  'not measured': 'not asked for',
} as const;

/** Only what is there needs words. */
function legend(rows: readonly MatrixRow[]): Html {
  const there = new Set(rows.flatMap(({ cells }) => cells.map(({ cell }) => cell)));
  const shown = Object.entries(meanings).filter(([cell]) => (there as ReadonlySet<string>).has(cell));
  return html`<p class="legend">${shown.map(([cell, meaning]) => html`<span>${badge(cell as keyof typeof meanings)} ${meaning}</span> `)}</p>`;
}

function comparisonTable(runs: readonly ComparedRun[], rows: readonly MatrixRow[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Promises of every run"><table class="matrix">
<thead><tr><th scope="col">promise</th>${runs.map(({ name }) => html`<th scope="col"><a href="#${runId(name)}">${breakable(name)}</a></th>`)}</tr></thead>
<tbody>${rows.map(
    ({ promise, cells }) =>
      html`<tr${allAlike(cells) ? html` class="alike"` : ''}><th scope="row">${promise}</th>${cells.map((cell) => html`<td>${cellButton(cell, promise)}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** A run without a lab differs from none. */
const allAlike = (cells: MatrixRow['cells']): boolean =>
  new Set(cells.flatMap(({ cell }) => (cell === 'not built' ? [] : [cell]))).size === 1;

/** May be broken after each hyphen and before an @. */
function breakable(name: string): Html {
  return html`${name.split(/(?<=-)|(?=@)/u).map((part, index) => (index === 0 ? part : html`<wbr>${part}`))}`;
}

function promiseTable(rows: readonly MatrixRow[]): Html {
  return html`<table class="promises">
<thead><tr><th scope="col">promise</th><th scope="col">cell</th><th scope="col">what was measured</th></tr></thead>
<tbody>${rows.map(({ promise, cells }) =>
    cells.map(
      (cell) =>
        html`<tr><th scope="row">${promise}</th><td>${cellButton(cell, promise)}</td><td class="measured">${cell.result === undefined ? '' : measuredText(cell.result, false)}</td></tr>
`,
    ),
  )}</tbody></table>`;
}
