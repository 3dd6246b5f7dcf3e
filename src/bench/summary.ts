/** From what was recorded to what the document says: medians, intervals, judgements, noise. Pure. */
import type { BenchCell, BenchComparison, BenchNoise } from '../result/bench.js';
import { type MetricName, metrics } from '../result/bench-metrics.js';
import { medianOf } from '../statistics/descriptive.js';
import { medianInterval } from '../statistics/interval.js';
import { judge } from '../statistics/judge.js';
import {
  type Disturbance,
  judgeHost,
  MOST_BUSY_SHARE,
  MOST_STEAL_SHARE,
  MOST_WIRE_SPREAD,
} from '../statistics/noise.js';
import { seededRandom } from '../statistics/random.js';
import type { Recording } from './recording.js';
import type { Target } from './target.js';

export function cellsOf(recording: Recording, seed: number): readonly BenchCell[] {
  return recording.cells().map(({ slot, metric, recorded }, index) => {
    const samples = recording.samplesOf(slot, recorded, metric);
    const toWire = toWireOf(samples);
    const { failures, problem } = recorded;
    return {
      target: slot.target.name,
      pair: slot.pair.name,
      pairIndex: slot.pairIndex,
      pass: slot.pass,
      mtuBytes: slot.mtuBytes ?? slot.target.mtuBytes,
      metric,
      samples,
      failures,
      ...(problem === undefined ? {} : { problem }),
      median: samples.length === 0 ? null : medianOf(samples.map(({ value }) => value)),
      toWire:
        toWire.length === 0
          ? null
          : { median: medianOf(toWire), interval: medianInterval(toWire, seededRandom(seed, index)) },
    };
  });
}

/** Of the samples that have one beside them. */
export const toWireOf = (samples: BenchCell['samples']): readonly number[] =>
  samples.flatMap(({ toWire }) => (toWire === null ? [] : [toWire]));

const valuesOf = ({ samples }: BenchCell): readonly number[] => samples.map(({ value }) => value);

/** Tails vary by themselves, and what may be 0 has no relative spread. */
function isGauge(metric: MetricName): boolean {
  const { scale, minimumEffect } = metrics[metric];
  return scale === 'relative' && minimumEffect <= 0.1;
}

export function noiseOf(cells: readonly BenchCell[], disturbance: Disturbance): BenchNoise {
  const wire = new Map<string, readonly number[]>();
  for (const { metric, samples } of cells.filter((cell) => cell.target === 'wire' && cell.pass === 'native'))
    if (isGauge(metric)) wire.set(metric, [...(wire.get(metric) ?? []), ...samples.map(({ value }) => value)]);
  return judgeHost(wire, disturbance, (metric) => metrics[metric as MetricName].title);
}

/** Every subject against the baseline, where both were measured between hosts of the same numbers. */
export function comparisonsOf(
  cells: readonly BenchCell[],
  targets: readonly Target[],
  noise: BenchNoise,
  alpha: number,
): readonly BenchComparison[] {
  const baseline = targets.find(({ role }) => role === 'baseline')?.name;
  const subjects = targets.filter(({ role }) => role === 'subject').map(({ name }) => name);
  const pairs = cells.flatMap((cell) => {
    if (!subjects.includes(cell.target) || !metrics[cell.metric].judged) return [];
    const other = cells.find((one) => one.target === baseline && isSamePlace(one, cell));
    return other === undefined ? [] : [{ cell, other }];
  });
  return pairs.map(({ cell, other }): BenchComparison => {
    const { better, scale, minimumEffect } = metrics[cell.metric];
    const options = { better, scale, minimumEffect, alpha, cells: pairs.length };
    // Of one run and of the same rounds: a ratio to the wire would only add the wire's own noise.
    const judged = judge(valuesOf(other), valuesOf(cell), options);
    const { target, pair, pass, metric } = cell;
    const refusal = tooNoisy(metric, noise);
    return {
      target,
      against: other.target,
      pair,
      pass,
      metric,
      ...judged,
      ...(refusal === undefined ? {} : refused(refusal)),
    };
  });
}

const isSamePlace = (a: BenchCell, b: BenchCell): boolean =>
  a.pair === b.pair && a.pass === b.pass && a.metric === b.metric;

/** More rounds are no remedy for noise. */
export const refused = (reason: string): Pick<BenchComparison, 'verdict' | 'reason' | 'moreRounds'> => ({
  verdict: 'inconclusive',
  reason,
  moreRounds: null,
});

/** Why nothing is said of a metric on this machine; what disturbs all of them is told once, with the noise. */
export function tooNoisy(
  metric: MetricName,
  { wireSpread, stealShare, idleBusyShare }: BenchNoise,
): string | undefined {
  if (stealShare > MOST_STEAL_SHARE || idleBusyShare > MOST_BUSY_SHARE) return 'the machine is too noisy';
  const spread = wireSpread[metric] ?? 0;
  return spread > MOST_WIRE_SPREAD ? `the bare wire varies by ${(100 * spread).toFixed(0)} %` : undefined;
}
