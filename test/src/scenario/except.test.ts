import test from 'ava';
import { problemsOf, read } from './read.js';

test('except leaves promises out, names those that there are, and leaves some', (t) => {
  t.deepEqual(read('strategy: bridge-l2\nonly: [egress, no-nat]\nexcept: [egress]\n').only, ['no-nat']);
  t.false(read('strategy: bridge-l2\nexcept: [egress]\n').only?.includes('egress'));
  t.regex(problemsOf('strategy: bridge-l2\nexcept: [egres]\n').join(''), /^test\.yaml:2:10: .*did you mean egress\?/u);
  t.regex(
    problemsOf('strategy: bridge-l2\nonly: [egress]\nexcept: [egress]\n').join(''),
    /^test\.yaml:3:.*leaves no promise to measure/u,
  );
});
