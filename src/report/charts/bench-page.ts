/** A benchmark as a page: what it comes to, its charts, every figure. */
import type { BenchResult } from '../../result/bench.js';
import { benchAgain, saveBeforeBench } from '../again.js';
import { figureTables } from '../bench-figures.js';
import { benchNote } from '../bench-text.js';
import { factsLine, sectionLinks } from '../html/frame.js';
import { html, type Html } from '../html/html.js';
import { remedyLines } from '../html/remedy.js';
import { commandLine } from '../html/tools.js';
import { count, formatDuration } from '../text.js';
import { judgedSection, verdictLines } from './bench-verdict.js';
import { latencyDistribution, loadedLatencyOverTime } from './latency-charts.js';
import { lineChart } from './line-chart.js';
import { mtuChart } from './mtu-chart.js';
import { chartPage, chartSection, type Section, sectionOf } from './page-frame.js';
import { ratioChart } from './ratio-chart.js';

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly draw: (result: BenchResult) => Html | undefined;
}

const dots = 'Dot: median over the rounds; bar: 95 % interval.';

/** @param hasWire the bare cable is a line of its own */
function linesOf(draw: (result: BenchResult) => string | undefined, hasWire: boolean): Chart['draw'] {
  return (result) => {
    const names = result.targets.map(({ name }, index) => [name, index] as const);
    return lineChart(draw(result), hasWire ? names : names.filter(([name]) => name !== 'wire'));
  };
}

const charts: readonly Chart[] = [
  {
    id: 'goodput',
    title: 'TCP goodput relative to the wire',
    note: `${dots} More is better.`,
    draw: (result) => ratioChart(result, ['tcpGoodput1BitsPerSecond', 'tcpGoodput8BitsPerSecond']),
  },
  {
    id: 'cpu',
    title: 'CPU per gigabyte relative to the wire',
    note: `${dots} Kernel, interrupts and daemons of the whole machine. Less is better.`,
    draw: (result) => ratioChart(result, ['cpuSecondsPerGigabyte']),
  },
  {
    id: 'requests',
    title: 'Connections and requests relative to the wire',
    note: `${dots} More is better; netlab's own time is in all of them, so differences are larger than shown.`,
    draw: (result) => ratioChart(result, ['connectionsPerSecond', 'requestsPerSecond']),
  },
  {
    id: 'udp',
    title: 'UDP rate without loss relative to the wire',
    note: `${dots} More is better.`,
    draw: (result) => ratioChart(result, ['udpLosslessBitsPerSecond']),
  },
  {
    id: 'idle',
    title: 'Round trips, idle',
    note: 'All rounds together; lower is better.',
    draw: linesOf((result) => latencyDistribution(result, 'idle'), true),
  },
  {
    id: 'loaded',
    title: 'Round trips under load',
    note: 'While one TCP stream fills the path, all rounds together; lower is better.',
    draw: linesOf((result) => latencyDistribution(result, 'loaded'), true),
  },
  {
    id: 'over-time',
    title: 'Round trips under load, over time',
    note: 'Each echo request of the last round.',
    draw: linesOf(loadedLatencyOverTime, true),
  },
  {
    id: 'mtu',
    title: 'TCP goodput over MTU',
    note: 'Each network at its own MTU and at the smallest of all.',
    draw: linesOf(mtuChart, false),
  },
];

/**
 * A whole document, ending in a newline.
 * @param command how the reader calls netlab
 */
export function renderBenchPage(result: BenchResult, command?: string): string {
  const names = result.targets.filter(({ role }) => role !== 'wire').map(({ name }) => name);
  const drawn = charts.flatMap(
    ({ id, title, note, draw }) => chartSection(id, title, `${note} ${benchNote}`, draw(result)) ?? [],
  );
  const sections = [judgedSection(result) ?? [], drawn, figuresSection(result)].flat();
  const body = html`${header(result, names, sections)}
<main>
${sections.map(sectionOf)}<section id="again"><h2>Measure it again</h2>${commandLine(benchAgain(result), saveBeforeBench(result))}</section>
</main>`;
  return chartPage(`netlab bench: ${names.join(', ')}`, result.netlabVersion, body, command);
}

/** Charts are many, and have one link. */
function header(result: BenchResult, names: readonly string[], sections: readonly Section[]): Html {
  const { noise, failure, complete, netlabVersion, leaks } = result;
  const links = sections.map(({ id, title }) => [id, title.replace(/ relative to the wire$/u, '')] as const);
  const left = Object.entries(leaks).flatMap(([name, proof]) =>
    [...proof.leftovers, ...proof.machineChanges].map((what) => `left of ${name}: ${what}`),
  );
  return html`<header>
<p class="eyebrow">netlab ${netlabVersion} · benchmark</p>
<h1>${names.join(', ')}</h1>
${verdictLines(result)}
${failure === undefined ? '' : html`<p class="failure">${failure.message}</p>${remedyLines(failure.remedy ?? '')}`}
${left.map((line) => html`<p class="failure">${line}</p>`)}
${complete ? '' : html`<p class="warning">Cut short: figures are of the rounds that were whole.</p>`}
${noise.reasons.map((reason) => html`<p class="warning">Noisy machine: ${reason}.</p>`)}
${factsLine(factsOf(result))}
<p class="facts">${benchNote}</p>
${sectionLinks(links)}
</header>`;
}

function factsOf({ rounds, measuringMs, seed, startedAt, environment, machine }: BenchResult): readonly string[] {
  return [
    `${count(rounds, 'round')} in ${formatDuration(measuringMs)}`,
    `seed ${seed}`,
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    `Linux ${environment.kernel}`,
    `${count(environment.cores, 'processor')}${machine.processor === '' ? '' : ` (${machine.processor})`}`,
    ...(machine.congestionControl === '' ? [] : [`TCP ${machine.congestionControl}`]),
  ];
}

function figuresSection(result: BenchResult): Section {
  const tables = figureTables(result).map(
    ({ title, header: heads, rows }) => html`<h3>${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${heads.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr>${row.map((cell, index) => {
          const text = typeof cell === 'string' ? cell : cell.text;
          return index === 0 ? html`<th scope="row">${text}</th>` : html`<td>${text}</td>`;
        })}</tr>
`,
    )}</tbody></table></div>`,
  );
  const none = html`<p>Nothing was measured.</p>`;
  return {
    id: 'figures',
    title: 'All figures',
    body: html`<div class="figures">${tables.length === 0 ? none : tables}</div><p class="hint">${benchNote}</p>`,
  };
}
