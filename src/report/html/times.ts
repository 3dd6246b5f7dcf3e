/** How long each part of each run took. */
import type { ComparedRun } from '../../result/comparison.js';
import type { Phase, RunResult } from '../../result/result.js';
import { durationOf, phaseMs } from '../comparison-model.js';
import { chainText, timerChain } from '../protocol-timers.js';
import { formatDuration } from '../text.js';
import { html, type Html } from './html.js';
import { legend } from './legend.js';
import { runId } from './ids.js';

/** In the order in which they come. */
const names = [
  'sandbox',
  'build',
  'converge',
  'break',
  'verify',
  'teardown',
] as const satisfies readonly Phase['name'][];
type Shown = (typeof names)[number];

const ms = (durationMs: number | undefined): string => (durationMs === undefined ? '–' : formatDuration(durationMs));

export function timesSection(runs: readonly ComparedRun[]): Html {
  const shown = names.filter((name) => runs.some(({ result }) => phaseMs(result, name) !== undefined));
  const longestMs = Math.max(1, ...runs.map(({ result }) => durationOf(result)));
  return html`<section id="time"><h2>Time</h2>
<p class="hint">One bar is ${formatDuration(longestMs)} wide. Runs side by side share the machine's processors.</p>
${legend(shown.map((name) => [`phase ${name}`, name]))}
<table class="bars times">
<thead><tr><th scope="col">run</th><th scope="col" class="chart">0 to ${formatDuration(longestMs)}</th>${shown.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col" class="number">in all</th></tr></thead>
<tbody>${runs.map(({ name, result }) => row(name, result, shown, longestMs))}</tbody></table></section>`;
}

function row(name: string, result: RunResult, shown: readonly Shown[], longestMs: number): Html {
  const chain = timerChain(result);
  const note = chain.length === 0 ? '' : html`<span class="note">protocols may take ${chainText(chain, true)}</span>`;
  return html`<tr><th scope="row"><a href="#${runId(name)}">${name}</a>${note}</th><td class="chart">${chart(result, shown, longestMs)}</td>
${shown.map((phase) => html`<td class="number" data-label="${phase}">${ms(phaseMs(result, phase))}</td>`)}<td class="number" data-label="in all">${ms(result.phases.length === 0 ? undefined : durationOf(result))}</td></tr>
`;
}

/** Segments stand in the order of the legend and of the columns. */
function chart(result: RunResult, shown: readonly Shown[], longestMs: number): Html {
  const lengths = shown.map((name) => ({ name, share: (100 * (phaseMs(result, name) ?? 0)) / longestMs }));
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, { share }) => sum + share, 0));
  return html`<svg class="bar" role="img" aria-label="${formatDuration(durationOf(result))} in all">${lengths.map(
    ({ name, share }, index) =>
      html`<rect class="phase ${name}" x="${(starts[index] ?? 0).toFixed(2)}%" y="7" width="${share.toFixed(2)}%" height="12"/>`,
  )}</svg>`;
}
