import { readFileSync, writeFileSync } from 'node:fs';
import { benchDifferenceJsonSchema, benchJsonSchema } from '#src/result/bench-schema.js';
import { comparisonJsonSchema } from '#src/result/comparison-schema.js';
import { eventJsonSchema } from '#src/result/event-schema.js';
import { resultJsonSchema } from '#src/result/schema.js';
import { parseStored, StoredResultError } from '#src/result/stored.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { comparison } from '../report/comparisons.js';
import { broken, interrupted, kept, leaking } from '../report/fixtures.js';

for (const [name, schema] of [
  ['result', resultJsonSchema],
  ['comparison', comparisonJsonSchema],
  ['bench', benchJsonSchema],
  ['bench-difference', benchDifferenceJsonSchema],
  ['events', eventJsonSchema],
] as const)
  test(`the committed JSON Schema ${name} is the one that the code publishes (NETLAB_UPDATE=1 rewrites it)`, (t) => {
    const committed = new URL(`../../../reports/${name}.schema.json`, import.meta.url);
    const text = `${JSON.stringify(schema(), null, 2)}\n`;
    if (process.env['NETLAB_UPDATE'] === '1') writeFileSync(committed, text);
    t.is(readFileSync(committed, 'utf8'), text);
  });

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } });

test('results of every kind are valid by the published schema, and a wrong one is not', (t) => {
  const validate = ajv.compile(resultJsonSchema());
  for (const result of [kept, broken, leaking, interrupted]) t.true(validate(result), ajv.errorsText(validate.errors));
  t.true(validate({ ...kept, somethingNew: 1 }), 'a later netlab may add keys');
  t.false(validate({ ...kept, exitCode: '0' }));
  t.false(validate({ ...kept, promises: [{ ...kept.promises[0], cell: 'fine' }] }));
});

test('a comparison is valid by its published schema, and a wrong one is not', (t) => {
  const validate = ajv.compile(comparisonJsonSchema());
  t.true(validate(comparison()), ajv.errorsText(validate.errors));
  t.true(validate(comparison({ shard: { index: 1, total: 2 } })), ajv.errorsText(validate.errors));
  t.false(validate({ ...comparison(), runs: [{ name: 'x', result: {} }] }));
});

test('a stored result reads back as it was', (t) => {
  for (const result of [kept, broken, leaking])
    t.deepEqual(parseStored(JSON.stringify(result), 'run.json'), { kind: 'run', result });
  const stored = comparison();
  t.deepEqual(parseStored(JSON.stringify(stored), 'run.json'), { kind: 'comparison', comparison: stored });
});

const refuses = test.macro((t, text: string, ...words: RegExp[]) => {
  const error = t.throws(() => parseStored(text, 'run.json'), { instanceOf: StoredResultError });
  for (const word of [/^run\.json: /, ...words]) t.regex(error.message, word);
  t.truthy(error.remedy);
});

test('no JSON at all', refuses, 'netlab\n', /not a JSON document/);
test('JSON of something else', refuses, '[1]', /not a result of netlab: it is a list/);
test(
  'a wrong word deep inside',
  refuses,
  JSON.stringify({ ...kept, promises: [{ ...kept.promises[0], cell: 'fine' }] }),
  /promises\[0\]\.cell: found "fine"; allowed: kept, BROKEN, /,
);
test('all problems at once', refuses, JSON.stringify({ ...kept, plan: 1, exitCode: 'x' }), /plan: /, /exitCode: /);
test(
  'a newer schema',
  refuses,
  JSON.stringify({ ...kept, schemaVersion: 2 }),
  /newer netlab: schemaVersion 2.*up to 1/,
);
test('no schema version', refuses, JSON.stringify({ ...kept, schemaVersion: undefined }), /it has no schemaVersion/);
