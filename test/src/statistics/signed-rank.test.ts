import test from 'ava';
import fc from 'fast-check';
import { judgePairs, type Pair } from '#src/statistics/judge.js';
import { leastPairs, pairedShift, signedRankProbability } from '#src/statistics/signed-rank.js';
import { normalSamples } from './samples.js';

const near = (found: number, expected: number, share: number): boolean =>
  Math.abs(found - expected) <= share * expected;

test('known values: R, wilcox.test(paired = TRUE)', (t) => {
  // Hollander & Wolfe (1973), 29f, the example of ?wilcox.test: V = 40, one-sided p = 0.01953
  const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  t.true(near(signedRankProbability(x.map((one, index) => one - (y[index] ?? 0))), 2 * 0.01953, 1e-3));
  t.is(signedRankProbability([1, 2, 3, 4, 5]), 2 / 32);
  t.is(signedRankProbability([0, 0]), 1);
});

test('so few pairs can say nothing', (t) => {
  t.is(leastPairs(0.05), 6);
  t.is(leastPairs(0.001), 11);
  for (const alpha of [0.05, 0.001, 0.0004]) {
    const all = (count: number): number =>
      signedRankProbability(Array.from({ length: count }, (_, index) => index + 1));
    t.true(all(leastPairs(alpha)) <= alpha && all(leastPairs(alpha) - 1) > alpha);
  }
});

/** Every choice of signs, tried out. */
function byEnumeration(values: readonly number[]): number {
  const told = values.filter((one) => one !== 0);
  const rankOf = (value: number): number => {
    const sizes = told.map(Math.abs).toSorted((a, b) => a - b);
    return (sizes.indexOf(Math.abs(value)) + sizes.lastIndexOf(Math.abs(value))) / 2 + 1;
  };
  const ranks = told.map(rankOf);
  const mean = ranks.reduce((sum, one) => sum + one, 0) / 2;
  const distanceOf = (isPlus: (index: number) => boolean): number =>
    Math.abs(ranks.reduce((sum, one, index) => sum + (isPlus(index) ? one : 0), 0) - mean);
  const seen = distanceOf((index) => (told[index] ?? 0) > 0);
  const choices = Array.from({ length: 2 ** told.length }, (_, bits) =>
    distanceOf((index) => ((bits >> index) & 1) === 1),
  );
  return choices.filter((one) => one >= seen - 1e-9).length / choices.length;
}

test('exact also with ties and zeros: the same as trying every choice of signs', (t) => {
  const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 9 });
  t.notThrows(() =>
    fc.assert(fc.property(values, (all) => Math.abs(signedRankProbability(all) - byEnumeration(all)) < 1e-9)),
  );
});

test('exact and normal agree where one takes over from the other', (t) => {
  const differences = normalSamples(61, 4).map((one) => one + 0.3);
  const [exact, normal] = [signedRankProbability(differences.slice(0, 60)), signedRankProbability(differences)];
  t.true(exact / normal > 0.5 && exact / normal < 2, `${exact} ${normal}`);
});

test('in 95 of 100 the interval holds the true shift, also of more pairs than are listed', (t) => {
  const holds = Array.from({ length: 300 }, (_, index) => {
    const { interval, bounds } = pairedShift(normalSamples(40, index).map((one) => one + 2));
    t.true(interval.low <= bounds.low && bounds.high <= interval.high);
    return interval.low <= 2 && 2 <= interval.high;
  });
  const share = holds.filter(Boolean).length / holds.length;
  t.true(share > 0.91 && share < 0.99, `${share}`);
  const many = pairedShift(normalSamples(5_000, 1).map((one) => one + 2));
  t.true(Math.abs(many.effect - 2) < 0.05 && many.interval.high - many.interval.low < 0.08);
});

test('A against A, 1,000 comparisons of pairs that drift and are disturbed together: no false alarm', (t) => {
  const options = { better: 'higher', scale: 'relative', minimumEffect: 0.05, alpha: 0.005, cells: 5 } as const;
  const alarms = Array.from({ length: 1_000 }, (_, index) => {
    const deviation = index % 2 === 0 ? 0.08 : 0.3;
    const count = 13 + (index % 90);
    const [own, other, common] = [0, 1, 2].map((stream) => normalSamples(count, 3 * index + stream));
    const pairs = Array.from({ length: count }, (_unused, round): Pair => {
      const shared = 50 * Math.exp(0.4 * (common?.[round] ?? 0) + round / count);
      return [shared * Math.exp(deviation * (own?.[round] ?? 0)), shared * Math.exp(deviation * (other?.[round] ?? 0))];
    });
    return judgePairs(pairs, options).verdict;
  }).filter((verdict) => verdict === 'better' || verdict === 'worse');
  // Each has a thousandth at most.
  t.true(alarms.length <= 4, `${alarms.length}`);
});
