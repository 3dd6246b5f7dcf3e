/** Is the second of two samples better than the first? With a refusal where the data cannot tell. */
import type { Interval } from './interval.js';
import { upperQuantile } from './normal.js';
import { leastSamples, rankSumProbability } from './rank-sum.js';
import { type EffectOf, type Shift, shiftBetween } from './shift.js';
import { leastPairs, pairedShift, signedRankProbability } from './signed-rank.js';

export type ComparisonVerdict = 'better' | 'worse' | 'same' | 'inconclusive';

export interface JudgeOptions {
  readonly better: 'higher' | 'lower';
  /** `relative`: 0.05 is 5 % more; `absolute`: the difference, where values may be 0. */
  readonly scale: 'relative' | 'absolute';
  /** Differences below this do not matter. */
  readonly minimumEffect: number;
  /** Probability of any false alarm among all cells that are judged together. */
  readonly alpha: number;
  /** How many cells are judged together: alpha is shared out among them (Bonferroni). */
  readonly cells: number;
}

export interface Judgement {
  readonly verdict: ComparisonVerdict;
  /** Of the second as seen from the first (Hodges-Lehmann); null without values on both sides. */
  readonly effect: number | null;
  readonly interval: Interval | null;
  /** Mann-Whitney, or Wilcoxon's signed ranks for pairs; both sides, not corrected. */
  readonly probability: number | null;
  /** Why there is no verdict. */
  readonly reason?: string;
  /** So many more rounds, all else as it is, would decide; null when no number of rounds is likely to. */
  readonly moreRounds?: number | null;
}

/** More than anybody waits for. */
const MOST_ROUNDS = 1_000;

const relative: EffectOf = (first, second) => second / first - 1;
const absolute: EffectOf = (first, second) => second - first;

/** Of samples that have nothing to do with each other: of two benchmarks, say. */
export function judge(first: readonly number[], second: readonly number[], options: JudgeOptions): Judgement {
  const level = options.alpha / options.cells;
  const count = Math.min(first.length, second.length);
  const least = leastSamples(level);
  if (count === 0) return undecided('nothing was measured', least, null);
  if (options.scale === 'relative' && first.includes(0)) return relativeToNothing;
  const effectOf = options.scale === 'relative' ? relative : absolute;
  const found = { ...shiftBetween(first, second, effectOf), probability: rankSumProbability(first, second) };
  if (count < least) return undecided(tooFew(count, least), least - count, found);
  return decide(found, count, level, options);
}

/** A value of each, measured one right after the other. */
export type Pair = readonly [first: number, second: number];

/** Of pairs: what has happened to both of a pair says nothing, and hides nothing. */
export function judgePairs(pairs: readonly Pair[], options: JudgeOptions): Judgement {
  const level = options.alpha / options.cells;
  const [count, least] = [pairs.length, leastPairs(level)];
  if (count === 0) return undecided('nothing was measured', least, null);
  const isRelative = options.scale === 'relative';
  if (isRelative && pairs.some((pair) => pair.includes(0))) return relativeToNothing;
  // Ratios are as far above 1 as their inverses are below it only as logarithms.
  const differences = pairs.map(([one, other]) => (isRelative ? Math.log(other / one) : other - one));
  const shown = (value: number): number => (isRelative ? Math.expm1(value) : value);
  const both = ({ low, high }: Interval): Interval => ({ low: shown(low), high: shown(high) });
  const { effect, interval, bounds } = pairedShift(differences);
  const shift = { effect: shown(effect), interval: both(interval), bounds: both(bounds) };
  const found = { ...shift, probability: signedRankProbability(differences) };
  if (count < least) return undecided(tooFew(count, least), least - count, found);
  return decide(found, count, level, options);
}

const tooFew = (count: number, least: number): string => `${count} of at least ${least} rounds`;

interface Found extends Shift {
  readonly probability: number;
}

/**
 * Better or worse: the difference matters, and chance is ruled out. The same: a difference that matters is ruled out to
 * either side, each with 95 % (two one-sided tests, Schuirmann 1987).
 */
function decide(found: Found, count: number, level: number, { better, minimumEffect }: JudgeOptions): Judgement {
  const { effect, bounds, probability } = found;
  const matters = Math.abs(effect) >= minimumEffect;
  if (matters && probability <= level) {
    const isMore = effect > 0;
    return { verdict: isMore === (better === 'higher') ? 'better' : 'worse', ...factsOf(found) };
  }
  if (bounds.low > -minimumEffect && bounds.high < minimumEffect) return { verdict: 'same', ...factsOf(found) };
  const reason = matters
    ? 'the difference is large, and may still be chance'
    : 'the difference is small, and may still be a large one';
  const wanted = matters ? toBeSignificant(probability, level, count) : toBeNarrow(found, minimumEffect, count);
  return undecided(reason, wanted > MOST_ROUNDS ? null : Math.max(1, Math.ceil(wanted) - count), found);
}

const factsOf = ({ effect, interval, probability }: Found): Pick<Judgement, 'effect' | 'interval' | 'probability'> => ({
  effect,
  interval,
  probability,
});

function undecided(reason: string, moreRounds: number | null, found: Found | null): Judgement {
  const facts = found === null ? { effect: null, interval: null, probability: null } : factsOf(found);
  return { verdict: 'inconclusive', reason, moreRounds, ...facts };
}

const relativeToNothing = undecided('values are 0, and nothing can be said in relation to them', null, null);

/** The test's z grows with the root of the number of rounds. */
function toBeSignificant(probability: number, level: number, count: number): number {
  const [now, wanted] = [upperQuantile(probability / 2), upperQuantile(level / 2)];
  return now <= 0 ? Infinity : count * (wanted / now) ** 2;
}

/** The bounds close in with the root of the number of rounds. */
function toBeNarrow({ effect, bounds }: Found, minimumEffect: number, count: number): number {
  const room = minimumEffect - Math.abs(effect);
  const half = Math.max(bounds.high - effect, effect - bounds.low);
  return room <= 0 ? Infinity : count * (half / room) ** 2;
}
