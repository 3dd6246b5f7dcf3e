/** Is the second of two samples better than the first? With a refusal where the data cannot tell. */
import type { Interval } from './interval.js';
import { upperQuantile } from './normal.js';
import { leastSamples, rankSumProbability } from './rank-sum.js';
import { type EffectOf, shiftBetween } from './shift.js';

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
  /** Mann-Whitney, both sides, not corrected. */
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

export function judge(first: readonly number[], second: readonly number[], options: JudgeOptions): Judgement {
  const level = options.alpha / options.cells;
  const count = Math.min(first.length, second.length);
  const least = leastSamples(level);
  if (count === 0) return undecided('nothing was measured', least, null);
  if (options.scale === 'relative' && first.includes(0))
    return undecided('values are 0, and nothing can be said in relation to them', null, null);
  const effectOf = options.scale === 'relative' ? relative : absolute;
  const found = { ...shiftBetween(first, second, effectOf), probability: rankSumProbability(first, second) };
  if (count < least) return undecided(`${count} of at least ${least} rounds`, least - count, found);
  return decide(found, count, level, options);
}

interface Found {
  readonly effect: number;
  readonly interval: Interval;
  readonly probability: number;
}

function decide(found: Found, count: number, level: number, { better, minimumEffect }: JudgeOptions): Judgement {
  const { effect, interval, probability } = found;
  const matters = Math.abs(effect) >= minimumEffect;
  if (matters && probability <= level) {
    const isMore = effect > 0;
    return { verdict: isMore === (better === 'higher') ? 'better' : 'worse', ...found };
  }
  if (interval.low > -minimumEffect && interval.high < minimumEffect) return { verdict: 'same', ...found };
  const reason = matters
    ? 'the difference is large, and may still be chance'
    : 'the difference is small, and may still be a large one';
  const wanted = matters ? toBeSignificant(probability, level, count) : toBeNarrow(found, minimumEffect, count);
  return undecided(reason, wanted > MOST_ROUNDS ? null : Math.max(1, Math.ceil(wanted) - count), found);
}

function undecided(reason: string, moreRounds: number | null, found: Found | null): Judgement {
  return {
    verdict: 'inconclusive',
    reason,
    moreRounds,
    ...(found ?? { effect: null, interval: null, probability: null }),
  };
}

/** The test's z grows with the root of the number of rounds. */
function toBeSignificant(probability: number, level: number, count: number): number {
  const [now, wanted] = [upperQuantile(probability / 2), upperQuantile(level / 2)];
  return now <= 0 ? Infinity : count * (wanted / now) ** 2;
}

/** The interval shrinks with the root of the number of rounds. */
function toBeNarrow({ effect, interval }: Found, minimumEffect: number, count: number): number {
  const room = minimumEffect - Math.abs(effect);
  const half = Math.max(interval.high - effect, effect - interval.low);
  return room <= 0 ? Infinity : count * (half / room) ** 2;
}
