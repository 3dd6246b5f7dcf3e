/** Benchmarks as Markdown: for a CI's summary, a merge request or a wiki. */
import type { BenchComparison, BenchResult } from '../result/bench.js';
import type { BenchDifference, DifferenceCell } from '../result/bench-difference.js';
import { metrics } from '../result/bench-metrics.js';
import { benchNote, formatEffectRange, formatToWire, tallyText, verdictText, whereText } from './bench-text.js';
import { markdownTable, markdownText } from './markdown-text.js';
import { count, formatDuration } from './text.js';

/** Judgements first, then every ratio to the wire. Ends with a newline. */
export function renderBenchMarkdown(result: BenchResult): string {
  const { comparisons, rounds, measuringMs, seed, environment, noise, failure, complete } = result;
  const [against] = comparisons.map((one) => one.against);
  const facts = `${count(rounds, 'round')} in ${formatDuration(measuringMs)}, seed ${seed}, Linux ${environment.kernel}`;
  return document([
    `## netlab bench: ${tallyText(comparisons)}`,
    markdownText(facts),
    ...(failure === undefined ? [] : [`**${markdownText(failure.message)}**`]),
    ...(failure?.remedy === undefined ? [] : [`What to do: ${markdownText(failure.remedy)}`]),
    ...noise.reasons.map((reason) => `noisy machine: ${markdownText(reason)}`),
    ...(complete ? [] : ['cut short: figures are of the rounds that were whole']),
    ...(against === undefined ? [] : [`### Against ${markdownText(against)}`, judgements(comparisons)]),
    '### To the wire',
    ratios(result),
    benchNote,
  ]);
}

export function renderDifferenceMarkdown({ before, after, caveats, cells }: BenchDifference): string {
  const origins = `ratios to the wire: ${before.startedAt} (${count(before.rounds, 'round')}) and ${after.startedAt} (${count(after.rounds, 'round')})`;
  return document([
    `## netlab bench, before and after: ${tallyText(cells)}`,
    markdownText(origins),
    ...caveats.map((caveat) => `not alike: ${markdownText(caveat)}`),
    ...(cells.length === 0 ? [] : [judgements(cells)]),
    benchNote,
  ]);
}

const document = (blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

function judgements(all: ReadonlyArray<BenchComparison | DifferenceCell>): string {
  const rows = all.map((one) => {
    const verdict = markdownText(verdictText(one));
    const cells = [
      one.target,
      whereText(one),
      metrics[one.metric].title,
      formatEffectRange(one.metric, one.effect, one.interval),
    ];
    return [...cells.map(markdownText), one.verdict === 'worse' ? `**${verdict}**` : verdict];
  });
  return markdownTable(['network', 'where', 'what', 'differs by', 'verdict'], rows).join('\n');
}

function ratios({ cells }: BenchResult): string {
  const rows = cells
    .filter(({ target }) => target !== 'wire')
    .map((cell) => {
      const { target, metric, toWire, problem, mtuBytes } = cell;
      const ratio =
        toWire === null
          ? `not measured${problem === undefined ? '' : `: ${problem}`}`
          : formatToWire(metric, toWire.median, toWire.interval);
      return [target, whereText(cell), String(mtuBytes), metrics[metric].title, ratio].map(markdownText);
    });
  return markdownTable(['network', 'where', 'MTU', 'what', 'to the wire'], rows).join('\n');
}
