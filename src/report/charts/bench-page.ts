/** The charts of a benchmark as a page of their own. */
import type { BenchResult } from '../../result/bench.js';
import { renderBench } from '../bench-terminal.js';
import { benchNote } from '../bench-text.js';
import { plainStyle } from '../style.js';
import { count, formatDuration } from '../text.js';
import { latencyDistribution, loadedLatencyOverTime } from './latency-charts.js';
import { mtuChart } from './mtu-chart.js';
import { verdictLines } from './bench-verdict.js';
import { chartSection, pageOf } from './page-frame.js';
import { ratioChart } from './ratio-chart.js';
import { element, Svg } from './svg.js';

interface Chart {
  readonly title: string;
  readonly note: string;
  readonly draw: (result: BenchResult) => string | undefined;
}

const dots = 'Dot: median over the rounds; bar: 95 % interval.';

const charts: readonly Chart[] = [
  {
    title: 'TCP goodput relative to the wire',
    note: `${dots} More is better.`,
    draw: (result) => ratioChart(result, ['tcpGoodput1BitsPerSecond', 'tcpGoodput8BitsPerSecond']),
  },
  {
    title: 'CPU per gigabyte relative to the wire',
    note: `${dots} Kernel, interrupts and daemons of the whole machine. Less is better.`,
    draw: (result) => ratioChart(result, ['cpuSecondsPerGigabyte']),
  },
  {
    title: 'Connections and requests relative to the wire',
    note: `${dots} More is better; netlab's own time is in all of them, so differences are larger than shown.`,
    draw: (result) => ratioChart(result, ['connectionsPerSecond', 'requestsPerSecond']),
  },
  {
    title: 'UDP rate without loss relative to the wire',
    note: `${dots} More is better.`,
    draw: (result) => ratioChart(result, ['udpLosslessBitsPerSecond']),
  },
  {
    title: 'Round trips, idle',
    note: 'All rounds together; lower is better.',
    draw: (result) => latencyDistribution(result, 'idle'),
  },
  {
    title: 'Round trips under load',
    note: 'While one TCP stream fills the path, all rounds together; lower is better.',
    draw: (result) => latencyDistribution(result, 'loaded'),
  },
  {
    title: 'Round trips under load, over time',
    note: 'Each echo request of the last round.',
    draw: loadedLatencyOverTime,
  },
  {
    title: 'TCP goodput over MTU',
    note: 'Each network at its own MTU and at the smallest of all.',
    draw: mtuChart,
  },
];

/** Every chart for which there are figures: heading, what it shows, SVG. */
const benchSections = (result: BenchResult): readonly Svg[] =>
  charts.map(({ title, note, draw }) => chartSection(title, `${note} ${benchNote}`, draw(result)));

/** A whole document, ending in a newline. */
export function renderBenchPage(result: BenchResult): string {
  const names = result.targets.filter(({ role }) => role !== 'wire').map(({ name }) => name);
  const { rounds, measuringMs, seed, startedAt, environment, machine, netlabVersion, noise } = result;
  const facts = [
    `${count(rounds, 'round')} in ${formatDuration(measuringMs)}`,
    `seed ${seed}`,
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    `Linux ${environment.kernel}`,
    `${count(environment.cores, 'processor')}${machine.processor === '' ? '' : ` (${machine.processor})`}`,
    ...(machine.congestionControl === '' ? [] : [`TCP ${machine.congestionControl}`]),
    `netlab ${netlabVersion}`,
  ];
  return pageOf(`netlab bench: ${names.join(', ')}`, [
    element('h1', {}, names.join(', ')),
    ...verdictLines(result),
    element('p', { class: 'quiet' }, facts.join(' · ')),
    element('p', {}, benchNote),
    ...noise.reasons.map((reason) => element('p', { class: 'warn' }, `Noisy machine: ${reason}.`)),
    ...benchSections(result),
    element('section', {}, element('h2', {}, 'All figures'), element('pre', {}, figures(result))),
  ]);
}

/** As on a terminal. Lines are kept apart, which text in markup does not do by itself with control characters escaped. */
function figures(result: BenchResult): readonly Svg[] {
  const lines = renderBench(result, { ...plainStyle, unicode: true, width: 120 }).split('\n');
  return lines.flatMap((line) => [element('span', {}, line), newline]);
}

const newline = new Svg('\n');
