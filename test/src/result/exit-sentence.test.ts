import test from 'ava';
import type { RunResult } from '#src/result/result.js';
import { exitSentence } from '#src/result/exit-sentence.js';
import { renderMarkdown } from '#src/report/markdown.js';
import { renderJunit } from '#src/report/junit.js';
import { asComparison } from '#src/report/comparison-model.js';
import { promise, run } from '../report/fixtures.js';

const says = test.macro({
  exec: (t, result: RunResult, sentence: string) => {
    t.is(exitSentence(result.exitCode, [result]), sentence);
    const comparison = asComparison(result);
    t.true(renderMarkdown(comparison).includes(sentence));
    t.true(renderJunit(comparison).includes(sentence));
  },
  title: (given, _result, sentence) => `${given ?? ''}: ${String(sentence)}`,
});

const skip = { verdict: 'skip', reason: 'not here' } as const;
const doubt = { verdict: 'inconclusive', reason: 'too busy' } as const;
const inapplicable = promise('names', 'promised', { verdict: 'not applicable' });

test('all kept', says, run([promise('egress'), inapplicable]), 'all promises kept');
test('one unverified', says, run([promise('egress', 'promised', skip)]), 'nothing is broken, 1 promise unverified');
test('nothing promised', says, run([promise('egress', 'absent', { verdict: 'fail' })]), 'nothing is broken');
test('doubt', says, run([promise('egress', 'promised', doubt)]), 'nothing is broken, 1 promise inconclusive');
test('nothing that could exist', says, run([inapplicable]), 'no promise was measured');
test(
  'strict',
  says,
  run([promise('egress'), promise('no-nat', 'promised', skip)], { strict: true }),
  'nothing is broken, 1 promise unverified, which counts under --strict',
);
