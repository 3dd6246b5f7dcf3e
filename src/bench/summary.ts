/** From what was recorded to what the document says: medians, intervals, judgements, noise. Pure. */
import type { BenchCell, BenchComparison, BenchNoise } from '../result/bench.js';
import { type MetricName, metrics } from '../result/bench-metrics.js';
import { medianOf } from '../statistics/descriptive.js';
import { medianInterval } from '../statistics/interval.js';
import { judgePairs, type Judgement, type Pair } from '../statistics/judge.js';
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

/** What the two were in the rounds that have both: neighbours in time, in an order left to chance. */
function pairsOf(first: BenchCell, second: BenchCell): readonly Pair[] {
  const others = new Map(second.samples.map(({ round, value }) => [round, value]));
  return first.samples.flatMap(({ round, value }) => {
    const other = others.get(round);
    return other === undefined ? [] : [[value, other] as const];
  });
}

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
    const judged = judgePairs(pairsOf(other, cell), options);
    const { target, pair, pass, metric } = cell;
    const problem = pairsOf(other, cell).length === 0 ? (cell.problem ?? other.problem) : undefined;
    const verdict = problem === undefined ? unlessNoisy(judged, metric, noise) : refused(judged, problem);
    return { target, against: other.target, pair, pass, metric, ...verdict };
  });
}

const isSamePlace = (a: BenchCell, b: BenchCell): boolean =>
  a.pair === b.pair && a.pass === b.pass && a.metric === b.metric;

/** More rounds are no remedy for noise, nor for what keeps all of them from measuring. */
export const refused = (judgement: Judgement, reason: string): Judgement => ({
  ...judgement,
  verdict: 'inconclusive',
  reason,
  moreRounds: null,
});

/**
 * What was judged on this machine, if it can be believed. Where the bare wire varies widely, what differs is believed
 * where its own interval is tight all the same.
 */
export function unlessNoisy(judgement: Judgement, metric: MetricName, noise: BenchNoise): Judgement {
  if (isDisturbed(noise)) return refused(judgement, 'the machine is too noisy');
  const spread = noise.wireSpread[metric] ?? 0;
  if (spread <= MOST_WIRE_SPREAD || isTight(judgement, metric)) return judgement;
  return refused(
    judgement,
    `the bare wire varies by ${(100 * spread).toFixed(0)} %, and this is not known well enough`,
  );
}

/** Others use the machine: that changes every figure, and not each of them alike. */
export const isDisturbed = ({ stealShare, idleBusyShare }: BenchNoise): boolean =>
  stealShare > MOST_STEAL_SHARE || idleBusyShare > MOST_BUSY_SHARE;

/** As narrow as what matters is wide, to both sides. */
function isTight({ effect, interval }: Judgement, metric: MetricName): boolean {
  if (effect === null || interval === null) return false;
  const { scale, minimumEffect } = metrics[metric];
  const unit = scale === 'relative' ? 1 + effect : 1;
  return interval.high - interval.low <= 2 * minimumEffect * unit;
}
