import test from 'ava';
import { promiseNames } from '#src/declaration/promise.js';
import { findStrategy, strategies } from '#src/strategy/index.js';

test('a strategy is found by its name', (t) => {
  t.is(findStrategy('bridge-l2').name, 'bridge-l2');
});

test('an unknown name lists the known ones', (t) => {
  t.throws(() => findStrategy('bridge-l3'), { name: 'LabError', message: /"bridge-l3"; known: bridge-l2/u });
});

for (const [name, strategy] of strategies) {
  test(`${name} says something of every promise, and why`, (t) => {
    t.is(strategy.name, name);
    t.deepEqual(Object.keys(strategy.promises).toSorted(), [...promiseNames].toSorted());
    for (const promise of promiseNames) t.true(strategy.promises[promise].why.length > 20, promise);
  });
}
