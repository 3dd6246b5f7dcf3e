/** The catalogue itself: no promise is without a lab that breaks it. */
import { readdirSync, readFileSync } from 'node:fs';
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

test('every row says what must be found, where, and in which words', (t) => {
  for (const { title, finds } of rows)
    for (const finding of Object.values(finds).flat()) t.true(finding.words.length > 0, title);
});

/** A file that tried another list, or a part of one, would leave its own untried. */
test('each list is tried, whole, by the file of tests that has its name', (t) => {
  const own = 'complete.test.ts';
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.test.ts') && file !== own);
  t.deepEqual(files.map((file) => file.replace('.test.ts', '')).toSorted(), Object.keys(brokenLabs).toSorted());
  for (const file of files) {
    const name = file.replace('.test.ts', '');
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    t.is(text, `import { proveAll } from './prove.js';\n\nawait proveAll('${name}');\n`, file);
  }
});
