import test from 'ava';
import fc from 'fast-check';
import { medianOf, quantileOf, relativeSpread } from '#src/statistics/descriptive.js';
import { medianInterval } from '#src/statistics/interval.js';
import { judge, type JudgeOptions } from '#src/statistics/judge.js';
import { judgeHost } from '#src/statistics/noise.js';
import { seededRandom } from '#src/statistics/random.js';
import { orderOfRound } from '#src/statistics/rounds.js';

const options = (extra: Partial<JudgeOptions> = {}): JudgeOptions => ({
  better: 'higher',
  scale: 'relative',
  minimumEffect: 0.05,
  alpha: 0.002,
  cells: 10,
  ...extra,
});

/** Around a middle, nearly normal (the sum of four uniform numbers), with a relative deviation. */
function samples(middle: number, deviation: number, count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const unit = (): number => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  return Array.from({ length: count }, () => middle * (1 + deviation * unit()));
}

test('a clear difference, in whichever direction is good', (t) => {
  const [slow, fast] = [samples(100, 0.02, 12, 1), samples(110, 0.02, 12, 2)];
  t.like(judge(slow, fast, options()), { verdict: 'better' });
  t.like(judge(fast, slow, options()), { verdict: 'worse' });
  t.like(judge(slow, fast, options({ better: 'lower' })), { verdict: 'worse' });
  const { effect, interval } = judge(slow, fast, options());
  t.true(effect !== null && interval !== null && interval.low <= effect && effect <= interval.high);
  t.true(Math.abs((effect ?? 0) - 0.1) < 0.03);
});

test('the same is said only where a difference that matters can be ruled out', (t) => {
  t.is(judge(samples(100, 0.01, 20, 3), samples(100.5, 0.01, 20, 4), options()).verdict, 'same');
  const wide = judge(samples(100, 0.2, 20, 5), samples(100, 0.2, 20, 6), options());
  t.is(wide.verdict, 'inconclusive');
  t.true((wide.moreRounds ?? Infinity) > 20);
});

test('too few rounds: how many more', (t) => {
  const judged = judge([1, 1, 1], [2, 2, 2], options());
  t.like(judged, { verdict: 'inconclusive', reason: '3 of at least 8 rounds', moreRounds: 5 });
  t.like(judge([], [1], options()), { verdict: 'inconclusive', effect: null });
});

test('nothing is said in relation to nothing; a difference is', (t) => {
  const [none, some] = [Array.from({ length: 12 }, () => 0), Array.from({ length: 12 }, () => 0.5)];
  t.is(judge(none, some, options()).verdict, 'inconclusive');
  t.is(judge(none, some, options({ scale: 'absolute', better: 'lower', minimumEffect: 0.01 })).verdict, 'worse');
  t.is(judge(none, none, options({ scale: 'absolute', better: 'lower', minimumEffect: 0.01 })).verdict, 'same');
});

test('A against A: no false alarm in 300 comparisons; 10 % are found where the spread is 4 %', (t) => {
  // Where values spread widely, chance alone makes large effects, and only the test rules it out.
  for (const deviation of [0.04, 0.3]) {
    const alarms = Array.from({ length: 300 }, (_, index) =>
      judge(samples(50, deviation, 15, 1000 + index), samples(50, deviation, 15, 5000 + index), options()),
    ).filter(({ verdict }) => verdict === 'better' || verdict === 'worse');
    t.is(alarms.length, 0, `${deviation}`);
  }
  const found = Array.from({ length: 100 }, (_, index) =>
    judge(samples(50, 0.04, 15, 1000 + index), samples(45, 0.04, 15, 5000 + index), options()),
  ).filter(({ verdict }) => verdict === 'worse');
  t.true(found.length >= 95, `${found.length}`);
});

test('as many rounds as were said to be missing do decide', (t) => {
  const draw = (count: number) => judge(samples(100, 0.06, count, 7), samples(101, 0.06, count, 8), options());
  const before = draw(10);
  t.is(before.verdict, 'inconclusive');
  t.is(draw(10 + 3 * (before.moreRounds ?? 0)).verdict, 'same');
});

test('intervals hold the median of what they were made of, and mostly that of what was drawn from', (t) => {
  const holds = Array.from({ length: 200 }, (_, index) => {
    const values = samples(10, 0.1, 21, index);
    const { low, high } = medianInterval(values, seededRandom(index));
    t.true(low <= medianOf(values) && medianOf(values) <= high);
    return low <= 10 && 10 <= high;
  });
  const share = holds.filter(Boolean).length / holds.length;
  t.true(share > 0.9, `${share}`);
});

test('orders: everything once, groups together, again the same for the same seed', (t) => {
  const groups = [
    ['a1', 'a2', 'a3'],
    ['b1', 'b2', 'b3'],
    ['c1', 'c2', 'c3'],
  ];
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, round) => {
        const order = orderOfRound(groups, seed, round).flat();
        const letters = order.map((one) => one[0]);
        const together = letters.every((letter, index) => index % 3 === 0 || letter === letters[index - 1]);
        const all = order.toSorted((a, b) => (a < b ? -1 : 1)).join() === groups.flat().join();
        return together && all && order.join() === orderOfRound(groups, seed, round).join();
      }),
    ),
  );
  const firsts = Array.from({ length: 90 }, (_, round) => orderOfRound([['x', 'y', 'z']], 5, round)[0]?.[0]);
  for (const one of ['x', 'y', 'z']) t.true(firsts.filter((first) => first === one).length > 15);
});

test('quantiles and spread', (t) => {
  t.is(medianOf([3, 1, 2]), 2);
  t.true(Math.abs(quantileOf([5, 1, 3, 2, 4], 0.99) - 4.96) < 1e-9, 'between neighbours');
  t.is(relativeSpread([7]), 0);
  t.true(relativeSpread(samples(100, 0.05, 500, 1)) > 0.04);
  t.true(relativeSpread(samples(100, 0.05, 500, 1)) < 0.06);
});

test('a noisy machine, by the wire, by steal time and by what others do', (t) => {
  const calm = { stealShare: 0.001, idleBusyShare: 0.02 };
  const quiet = new Map([['goodput', samples(100, 0.03, 20, 1)]]);
  t.like(judgeHost(quiet, calm), { noisy: false, reasons: [] });
  t.regex(
    judgeHost(new Map([['goodput', samples(100, 0.5, 20, 2)]]), calm).reasons.join(),
    /goodput: the bare wire varies/,
  );
  t.regex(judgeHost(quiet, { ...calm, stealShare: 0.1 }).reasons.join(), /hypervisor took 10 %/);
  t.regex(judgeHost(quiet, { ...calm, idleBusyShare: 0.4 }).reasons.join(), /others kept the processors 40 % busy/);
});
