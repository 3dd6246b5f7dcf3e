/** Figures of a benchmark as people read them. */
import type { BenchInterval, BenchJudgement, MtuPass } from '../result/bench.js';
import { type Metric, type MetricName, metrics } from '../result/bench-metrics.js';

export const benchNote = 'One kernel, relative figures only.';

/** At most three digits that matter: `15.9`, `0.46`, `1230`. */
function digits(exact: number): string {
  const value = Number(exact.toPrecision(3));
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : size >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

const rates = [
  [1e9, 'Gbit/s'],
  [1e6, 'Mbit/s'],
  [1e3, 'kbit/s'],
  [1, 'bit/s'],
] as const;

const formats: Readonly<Record<Metric['unit'], (value: number) => string>> = {
  'bit/s': (value) => {
    const [size, unit] = rates.find(([least]) => value >= least) ?? [1, 'bit/s'];
    return `${digits(value / size)} ${unit}`;
  },
  ms: (value) => (value < 1 ? `${digits(value * 1000)} µs` : `${digits(value)} ms`),
  '1/s': (value) => `${digits(value)} /s`,
  's/GB': (value) => `${digits(value)} s/GB`,
  '1/GB': (value) => `${digits(value)} /GB`,
  share: (value) => `${digits(value * 100)} %`,
};

/** `15.9 Gbit/s`, `4.3 µs` */
export const formatMetric = (metric: MetricName, value: number): string => formats[metrics[metric].unit](value);

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text);

/** Against the wire: `0.81 (0.79 to 0.83)`; a difference where the metric may be 0: `+2.0 %`. */
export function formatToWire(metric: MetricName, median: number, interval: BenchInterval): string {
  const show = (value: number): string =>
    metrics[metric].scale === 'relative' ? digits(value) : signed(formatMetric(metric, value), value);
  return `${show(median)}${intervalText(interval, show)}`;
}

/** ` (0.79 to 0.83)`; nothing for an interval without a width, as that of one sample. */
function intervalText({ low, high }: BenchInterval, show: (value: number) => string): string {
  return low === high ? '' : ` (${show(low)} to ${show(high)})`;
}

/** `-44.4 %`, `+4.1 %`, or a difference in the metric's unit. */
export function formatEffect(metric: MetricName, effect: number): string {
  if (metrics[metric].scale === 'absolute') return signed(formatMetric(metric, effect), effect);
  const percent = Number((effect * 100).toFixed(1));
  return signed(`${Math.abs(percent) < 1e-9 ? '0.0' : percent.toFixed(1)} %`, percent);
}

/** The same with its interval: `-44.4 % (-46.0 % to -41.2 %)`; never empty. */
export function formatEffectRange(metric: MetricName, effect: number | null, interval: BenchInterval | null): string {
  if (effect === null) return 'unknown';
  const show = (value: number): string => formatEffect(metric, value);
  return `${show(effect)}${interval === null ? '' : intervalText(interval, show)}`;
}

/** How many more rounds an inconclusive comparison wants. */
export function moreRoundsText(moreRounds: number | null | undefined): string {
  if (moreRounds === undefined) return '';
  return moreRounds === null ? '' : `about ${moreRounds} more rounds would decide`;
}

/** `h1 -> h2, one MTU` */
export const whereText = ({ pair, pass }: { readonly pair: string; readonly pass: MtuPass }): string =>
  pass === 'equal' ? `${pair}, one MTU` : pair;

/** `worse`; with its reason, and what would help, where there is no verdict. */
export function verdictText({ verdict, reason, moreRounds }: BenchJudgement): string {
  if (verdict !== 'inconclusive') return verdict;
  return `INCONCLUSIVE: ${[reason, moreRoundsText(moreRounds)].filter((part) => part !== undefined && part !== '').join('; ')}`;
}

/** `1 worse, 9 same` */
export function tallyText(judged: readonly BenchJudgement[]): string {
  const tally = (['worse', 'better', 'same', 'inconclusive'] as const)
    .map((verdict) => [judged.filter((one) => one.verdict === verdict).length, verdict] as const)
    .filter(([number]) => number > 0)
    .map(([number, verdict]) => `${number} ${verdict}`);
  return tally.length === 0 ? 'nothing to compare' : tally.join(', ');
}

/** What the exit code of `netlab gate` says of what was found: no more than that. */
export function gateSentence(judged: readonly BenchJudgement[]): string {
  const having = (wanted: BenchJudgement['verdict']): number =>
    judged.filter(({ verdict }) => verdict === wanted).length;
  const [worse, untold] = [having('worse'), having('inconclusive')];
  if (judged.length === 0) return 'there is nothing to compare';
  return [
    worse === 0 ? 'nothing is worse' : `${worse} of ${judged.length} worse`,
    untold === 0 ? [] : `${untold} of ${judged.length} could not be judged`,
  ]
    .flat()
    .join(', ');
}
