import test from 'ava';
import fc from 'fast-check';
import { medianOf } from '#src/statistics/descriptive.js';
import { seededRandom } from '#src/statistics/random.js';
import { shiftBetween } from '#src/statistics/shift.js';

const ratio = (first: number, second: number): number => second / first - 1;
const difference = (first: number, second: number): number => second - first;

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

test('the middle of what all pairs differ by', (t) => {
  t.is(shiftBetween([1, 2, 3], [11, 12, 13], difference).effect, 10);
  t.true(isNear(shiftBetween([100, 110], [90, 99], ratio).effect, -0.1));
  t.is(shiftBetween([0, 0, 0], [0, 0], difference).effect, 0);
  t.is(shiftBetween([5], [7], difference).effect, 2);
  t.is(shiftBetween([1, 1], [1, 1, 1, 9], difference).effect, 0, 'exactly');
});

test('it is what listing all pairs gives, for shares as for differences', (t) => {
  const values = fc.array(fc.double({ min: 0.1, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 12 });
  const isListed = (first: number[], second: number[], effectOf: typeof ratio): boolean => {
    const all = first.flatMap((a) => second.map((b) => effectOf(a, b)));
    const { effect, interval } = shiftBetween(first, second, effectOf);
    return isNear(medianOf(all), effect) && interval.low <= effect && effect <= interval.high;
  };
  t.notThrows(() =>
    fc.assert(fc.property(values, values, (one, two) => isListed(one, two, ratio) && isListed(one, two, difference))),
  );
});

// 2 * 8 + 1 = 17 of the 49 differences are outside: the critical value of U for 7 and 7 is 8 (Mann and Whitney 1947).
test('the interval is what the test does not rule out', (t) => {
  const [first, second] = [[1, 2, 3, 4, 5, 6, 7], Array.from({ length: 7 }, (_, index) => 100 * index)];
  const all = first.flatMap((a) => second.map((b) => b - a)).toSorted((a, b) => a - b);
  const { interval } = shiftBetween(first, second, difference);
  t.deepEqual([interval.low, interval.high], [all[8], all[49 - 9]]);
  t.deepEqual(shiftBetween([1, 2], [5, 9], difference).interval, { low: 3, high: 8 }, 'too few: the whole range');
});

test('in 95 of 100 it holds the true shift', (t) => {
  const random = seededRandom(1);
  const draw = (middle: number): number[] =>
    Array.from({ length: 15 }, () => middle + random() + random() + random() + random());
  const holds = Array.from({ length: 400 }, () => shiftBetween(draw(0), draw(1), difference).interval).filter(
    ({ low, high }) => low <= 1 && 1 <= high,
  );
  t.true(holds.length >= 370 && holds.length <= 392, `${holds.length}`);
});
