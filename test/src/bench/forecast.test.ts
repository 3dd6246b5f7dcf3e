/** What a budget is enough for: no lab. */
import test from 'ava';
import { agendaOf, samplesWanted } from '#src/bench/forecast.js';
import { spreads } from '#src/bench/habits.js';
import { metricNames, metrics } from '#src/result/bench-metrics.js';
import { forecastLines } from '#src/report/bench-forecast.js';
import { judge } from '#src/statistics/judge.js';
import { normalSamples } from '../statistics/samples.js';
import { twoTargets } from './results.js';

const wish = {
  instruments: ['tcp-1', 'rtt-idle', 'requests'],
  passes: ['native', 'equal'],
  optionalPasses: ['equal'],
} as const;

test('a minute is enough for goodput, CPU and round trips of two networks; what is left out is said', (t) => {
  const { passes, every, forecast } = agendaOf(twoTargets(), { ...wish, budgetMs: 60_000 });
  t.deepEqual(passes, ['native']);
  t.is(every, 3);
  for (const { metric, samples, wanted } of forecast.metrics)
    t.true(samples >= wanted, `${metric} ${samples} ${wanted}`);
  t.deepEqual(
    forecast.metrics.map(({ metric }) => metric),
    ['tcpGoodput1BitsPerSecond', 'cpuSecondsPerGigabyte', 'rttIdleP50Ms', 'rttIdleP99Ms', 'requestsPerSecond'],
  );
  const [enough, leftOut] = forecastLines(forecast, 60_000);
  t.regex(
    enough ?? '',
    /^60s, about \d+ rounds, .*enough to tell .*TCP goodput, 1 stream; CPU per gigabyte; round trip, idle, p50/,
  );
  t.regex(leftOut ?? '', /left out, for want of time \(--budget \d+s would do.*all at one MTU/);
});

test('more time, more passes; what was asked for is measured, and said to be too much', (t) => {
  t.deepEqual(agendaOf(twoTargets(), { ...wish, budgetMs: 120_000 }).passes, ['native', 'equal']);
  const short = agendaOf(twoTargets(), { ...wish, optionalPasses: [], budgetMs: 20_000 });
  t.deepEqual(short.passes, ['native', 'equal']);
  t.regex(
    forecastLines(short.forecast, 20_000).join('\n'),
    /probably too short .*--budget \d+s would do.*: TCP goodput/,
  );
  const { enoughMs } = short.forecast;
  const enough = agendaOf(twoTargets(), { ...wish, optionalPasses: [], budgetMs: enoughMs ?? 0 });
  t.true(enough.forecast.metrics.every(({ samples, wanted }) => samples >= wanted));
  const alone = agendaOf(twoTargets(), { ...wish, instruments: ['requests'], budgetMs: 10_000 });
  t.is(alone.every, 1, 'nothing else could use the time');
});

test('with as many samples as are said to be wanted, nine of ten differences of nothing are judged', (t) => {
  for (const metric of metricNames.filter((one) => metrics[one].judged && metrics[one].scale === 'relative')) {
    const count = samplesWanted(metric);
    if (count < 20 || count > 200) continue;
    const draw = (seed: number): readonly number[] =>
      normalSamples(count, seed).map((z) => Math.exp(spreads[metric] * z));
    const verdicts = Array.from(
      { length: 100 },
      (_, index) =>
        judge(draw(2 * index), draw(2 * index + 1), { ...metrics[metric], alpha: 0.005, cells: 10 }).verdict,
    );
    t.true(verdicts.filter((one) => one === 'same').length >= 90, `${metric}: ${verdicts.join(' ')}`);
    t.false(verdicts.includes('better') || verdicts.includes('worse'), metric);
  }
});
