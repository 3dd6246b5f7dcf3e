/** What a budget is enough for, in words, before anything is built. */
import type { BenchForecast, MtuPass } from '../result/bench.js';
import { metrics } from '../result/bench-metrics.js';
import { count } from './text.js';

const passTitles: Readonly<Record<MtuPass, string>> = { native: 'each at its own MTU', equal: 'all at one MTU' };

/**
 * Lines: what can be judged on an idle machine, even where two benchmarks are compared; what cannot, and what was left out
 * for it, with the budget that would be enough.
 */
export function forecastLines(
  { rounds, metrics: wanted, leftOut, enoughMs }: BenchForecast,
  budgetMs: number,
): readonly string[] {
  const titles = (isEnough: boolean): string =>
    wanted
      .filter((one) => one.samples >= one.wanted === isEnough)
      .map(({ metric }) => metrics[metric].title)
      .join('; ');
  const [enough, scarce] = [titles(true), titles(false)];
  const remedy = enoughMs === null ? 'an hour would not do either' : `--budget ${seconds(enoughMs)} would do`;
  const time = `${seconds(budgetMs)}, about ${count(rounds, 'round')}`;
  return [
    ...(enough === '' ? [] : [`${time}, on an idle machine enough to tell that nothing has changed: ${enough}`]),
    ...(scarce === '' ? [] : [`${time}, probably too short to tell that nothing has changed (${remedy}): ${scarce}`]),
    ...(leftOut.length === 0
      ? []
      : [
          `left out, for want of time (${remedy}, or ask for it by --mtu): ${leftOut.map((pass) => passTitles[pass]).join(', ')}`,
        ]),
  ];
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)}s`;
