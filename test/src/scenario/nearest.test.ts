import test from 'ava';
import fc from 'fast-check';
import { didYouMean, editDistance, nearest } from '#src/scenario/nearest.js';

test('a distance is symmetric, zero only to itself, and one for a swap', (t) => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      return (
        distance === editDistance(b, a) && (distance === 0) === (a === b) && distance <= Math.max(a.length, b.length)
      );
    }),
  );
  t.is(editDistance('egress', 'egrses'), 1);
  t.is(editDistance('', 'abc'), 3);
});

test('the nearest word is offered when it is near', (t) => {
  const words = ['hosts', 'containers', 'outsiders'];
  t.is(nearest('hostss', words), 'hosts');
  t.is(nearest('HOSTS', words), 'hosts');
  t.is(nearest('network', words), undefined);
  t.is(nearest('x'.repeat(100_000), words), undefined);
  t.is(didYouMean('continers', words), 'did you mean containers?');
});
