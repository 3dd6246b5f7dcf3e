/** The catalogue itself: no promise is without a lab that breaks it. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { promiseNames } from '#src/declaration/promise.js';
import { strategies } from '#src/strategy/index.js';
import { brokenLabs } from './labs/index.js';

const rows = Object.values(brokenLabs).flat();

test('every promise has a lab in which it is not kept, and every strategy one that is broken', (t) => {
  const found = new Set(rows.flatMap(({ finds }) => Object.keys(finds)));
  t.deepEqual([...found].toSorted(), [...promiseNames].toSorted());
  t.deepEqual([...new Set(rows.map(({ lab }) => lab.strategy))].toSorted(), [...strategies.keys()].toSorted());
});

test('every row says what must be found, where, and in which words; and is tried by a file of tests', (t) => {
  for (const { title, finds } of rows)
    for (const finding of Object.values(finds).flat()) t.true(finding.words.length > 0, title);
  for (const name of Object.keys(brokenLabs)) t.true(existsSync(new URL(`${name}.test.ts`, import.meta.url)), name);
});
