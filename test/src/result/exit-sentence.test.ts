import test from 'ava';
import type { RunResult } from '#src/result/result.js';
import { exitSentence } from '#src/result/exit-sentence.js';
import { promiseNames } from '#src/declaration/promise.js';
import { renderComparison } from '#src/report/comparison-terminal.js';
import { renderHtml } from '#src/report/html/page.js';
import { plainStyle } from '#src/report/style.js';
import { renderMarkdown } from '#src/report/markdown.js';
import { renderJunit } from '#src/report/junit.js';
import { asComparison } from '#src/report/comparison-model.js';
import { comparison, runsOf } from '../report/comparisons.js';
import { promise, run } from '../report/fixtures.js';

const says = test.macro({
  exec: (t, result: RunResult, sentence: string) => {
    t.is(exitSentence(result.exitCode, [result]), sentence);
    const document = asComparison(result);
    t.true(renderMarkdown(document).includes(sentence));
    t.true(renderJunit(document).includes(sentence));
  },
  title: (given, _result, sentence) => `${given ?? ''}: ${String(sentence)}`,
});

const skip = { verdict: 'skip', reason: 'not here' } as const;
const doubt = { verdict: 'inconclusive', reason: 'too busy' } as const;
const inapplicable = promise('names', 'promised', { verdict: 'not applicable' });

const every = promiseNames.map((name) => promise(name));
test('all kept', says, run(every), 'all promises kept');
test('one was asked', says, run([promise('egress'), inapplicable]), 'the one promise that was measured is kept');
test('two were asked', says, run(every.slice(0, 2)), 'both promises that were measured are kept');
test('one was left out', says, run(every.slice(1)), `all ${every.length - 1} promises that were measured are kept`);

test('every format says of a selection that it is one', async (t) => {
  const part = asComparison(run(every.slice(0, 2)));
  const said = 'keeps both promises that were measured';
  for (const text of [renderMarkdown(part), renderComparison(part, plainStyle), await renderHtml(part)]) {
    t.true(text.includes(said), text.slice(0, 2000));
    t.notRegex(text, /keeps what it promises|all promises kept/u);
  }
  t.true(renderMarkdown(asComparison(run(every))).includes('keeps what it promises'));
  const two = comparison({ runs: runsOf(run(every.slice(1)), run(every.slice(1), { scenario: 'two' })) });
  t.regex(renderMarkdown(two), /all 2 runs keep the promises that were measured/u);
  t.regex(renderMarkdown(two), /all promises that were measured are kept/u);
});
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
