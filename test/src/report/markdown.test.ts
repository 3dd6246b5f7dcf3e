import test from 'ava';
import { asComparison } from '#src/report/comparison-model.js';
import { renderMarkdown } from '#src/report/markdown.js';
import { comparison, flat, runsOf } from './comparisons.js';
import { broken, check, promise, run } from './fixtures.js';
import { hostile } from './hostile.js';

test('the matrix, the numbers, what is broken, not built and unverified', (t) => {
  const text = renderMarkdown(comparison());
  t.regex(text, /^## ✖ not built: lacking; broken: tunnel \(path-mtu\)\n/);
  t.regex(text, /^\| promise \| flat \| tunnel \| lacking \|\n\| :-- \| :-- \| :-- \| :-- \|$/m);
  t.regex(text, /^\| path-mtu \| ✔ kept \| \*\*✖ BROKEN\*\* \| \? not built \|$/m);
  t.regex(text, /^\| tunnel \| 1500 \| 1450 \| 1450 \| 1400 \| 812 ms \| 31\.20 s \| 2\.18 s \| 34\.46 s \|$/m);
  t.regex(text, /^### ✖ tunnel: path-mtu is BROKEN$/m);
  t.regex(text, /^ {2}- where: h2:eth1$/m);
  t.regex(text, /^- lacking: program tincd: no such program\. What to do: sudo apt-get install tinc$/m);
  t.regex(text, /throughput: inconclusive: the machine was too busy to tell/);
});

test('every row of a table has as many cells as its head, and every part that opens closes', (t) => {
  for (const text of [renderMarkdown(comparison()), renderMarkdown(hostile), renderMarkdown(asComparison(broken))]) {
    let columns = 0;
    for (const line of text.split('\n')) {
      const cells = line.match(/(?<!\\)\|/g)?.length ?? 0;
      if (!line.startsWith('|')) columns = 0;
      else if (columns === 0) columns = cells;
      else t.is(cells, columns, line);
    }
    t.is(text.match(/^<details>$/gm)?.length, text.match(/^<\/details>$/gm)?.length);
  }
});

test('what a result says is text: no HTML, no link, no mention, no control character', (t) => {
  const text = renderMarkdown(hostile);
  t.deepEqual([...new Set(text.match(/<\/?[a-z!][^>]*>/gi))].toSorted(), [
    '<!-- -->',
    '</details>',
    '</summary>',
    '<details>',
    '<summary>',
  ]);
  t.notRegex(text, /@everyone|(?<!\\)\[|\u001b|\u0000/);
});

test('a report of more than 1 MB leaves out details, says so, and keeps the matrix', (t) => {
  const long = { summary: 'a long story '.repeat(2000) };
  const runs = Array.from({ length: 60 }, (_, index) => ({
    name: `run-${index}`,
    result: run([promise('no-nat', 'promised', long), promise('egress', 'promised', { ...long, verdict: 'fail' })]),
  }));
  const text = renderMarkdown(comparison({ runs }));
  t.true(Buffer.byteLength(text) < 2 ** 20);
  t.regex(text, /^\| no-nat \| ✔ kept/m);
  t.regex(text, /\d+ parts of this report did not fit into 1 MB/);
  t.notRegex(renderMarkdown(comparison({ runs: runsOf(flat) })), /did not fit/);
});

test('several checks of a promise are told of together', (t) => {
  const one = promise('egress');
  const both = { ...one, checks: [...one.checks, check('second', { summary: 'and the other one' })] };
  t.regex(renderMarkdown(asComparison(run([both]))), /; and the other one \|/);
});
