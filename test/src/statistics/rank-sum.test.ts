import test from 'ava';
import fc from 'fast-check';
import { upperQuantile, upperTail } from '#src/statistics/normal.js';
import { leastSamples, rankSumProbability } from '#src/statistics/rank-sum.js';

const near = (found: number, expected: number, share: number): boolean =>
  Math.abs(found - expected) <= share * expected;

test('known values: R, wilcox.test(exact = TRUE)', (t) => {
  // wilcox.test(1:5, 6:10): p = 2 / choose(10, 5)
  t.true(near(rankSumProbability([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 0.007936508, 1e-6));
  // Hollander & Wolfe (1973), 69f, the example of ?wilcox.test: W = 35, one-sided p = 0.1272
  const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const y = [1.15, 0.88, 0.9, 0.74, 1.21];
  t.true(near(rankSumProbability(x, y), 0.2544, 1e-3));
});

test('tails of the normal distribution', (t) => {
  // pnorm(c(0, 1.959964, 4, 6), lower.tail = FALSE)
  for (const [z, tail] of [
    [0, 0.5],
    [1.959964, 0.025],
    [4, 3.167124e-5],
    [6, 9.865876e-10],
  ] as const) {
    t.true(near(upperTail(z), tail, 1e-5), `${z}`);
    t.true(Math.abs(upperQuantile(tail) - z) < 1e-5, `${tail}`);
  }
  t.true(near(upperTail(-1.959964), 0.975, 1e-6));
});

test('so few values can say nothing', (t) => {
  t.is(leastSamples(0.05), 4);
  t.is(leastSamples(0.01), 5);
  t.is(leastSamples(2 / 12_870), 8);
});

/** Every choice of so many of the values, tried out. */
function byEnumeration(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second];
  const rank = (value: number): number =>
    all.filter((one) => one < value).length + (all.filter((one) => one === value).length + 1) / 2;
  const ranks = all.map(rank);
  const mean = (first.length * (all.length + 1)) / 2;
  const distance = (sum: number): number => Math.abs(sum - mean) + 1e-9;
  const own = distance(ranks.slice(0, first.length).reduce((a, b) => a + b, 0));
  let [extreme, choices] = [0, 0];
  for (let bits = 0; bits < 2 ** all.length; bits += 1) {
    const chosen = ranks.filter((_, index) => ((bits >> index) & 1) === 1);
    if (chosen.length !== first.length) continue;
    choices += 1;
    if (distance(chosen.reduce((a, b) => a + b, 0)) + 1e-6 >= own) extreme += 1;
  }
  return extreme / choices;
}

test('exact also with ties: the same as trying every choice', (t) => {
  const few = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
  t.notThrows(() =>
    fc.assert(
      fc.property(
        few,
        few,
        (first, second) => Math.abs(rankSumProbability(first, second) - byEnumeration(first, second)) < 1e-9,
      ),
    ),
  );
});

test('which side is first, and the unit, change nothing', (t) => {
  const some = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 45 });
  t.notThrows(() =>
    fc.assert(
      fc.property(some, some, (first, second) => {
        const probability = rankSumProbability(first, second);
        const scaled = rankSumProbability(
          second.map((value) => 3 * value + 7),
          first.map((value) => 3 * value + 7),
        );
        return probability > 0 && probability <= 1 && Math.abs(probability - scaled) < 1e-9;
      }),
    ),
  );
});

test('exact and normal agree where one takes over from the other', (t) => {
  const side = (count: number, shift: number) =>
    Array.from({ length: count }, (_, index) => ((index * 37) % 101) + shift);
  const [exact, approximate] = [
    rankSumProbability(side(30, 0), side(30, 22)),
    rankSumProbability(side(31, 0), side(31, 22)),
  ];
  t.true(near(exact, approximate, 0.25), `${exact} ${approximate}`);
});
