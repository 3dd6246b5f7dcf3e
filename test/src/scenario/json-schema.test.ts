import { readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { parse } from 'yaml';
import { scenarioJsonSchema } from '#src/scenario/json-schema.js';
import { strategies } from '#src/strategy/index.js';

const scenarios = new URL('../../../scenarios/', import.meta.url);
const published = new URL('scenario.schema.json', scenarios);
const text = `${JSON.stringify(scenarioJsonSchema(strategies.values()), null, 2)}\n`;

test('the published schema is that of the code (NETLAB_UPDATE=1 writes it)', async (t) => {
  if (process.env['NETLAB_UPDATE'] === '1') await writeFile(published, text);
  t.is(await readFile(published, 'utf8'), text);
});

// Formats are hints to editors; netlab's own reader checks addresses.
const validate = new Ajv2020({ formats: { ipv4: true } }).compile(JSON.parse(text));

for (const name of ['bridge-l2', 'bridge-l2-talk']) {
  test(`${name} follows it`, async (t) => {
    t.true(
      validate(parse(await readFile(new URL(`${name}.yaml`, scenarios), 'utf8'))),
      JSON.stringify(validate.errors),
    );
  });
}

for (const wrong of [
  {},
  { strategy: 'bridge-l3' },
  { strategy: { name: 'bridge-l2', netwrk: '10.2.0.0/16' } },
  { strategy: 'bridge-l2', hosts: 3 },
  { strategy: 'bridge-l2', cluster: { hosts: 251 } },
  { strategy: 'bridge-l2', cluster: { hosts: [{ name: 'a b' }] } },
  { strategy: 'bridge-l2', expect: { egres: 'absent' } },
]) {
  test(`${JSON.stringify(wrong)} does not`, (t) => {
    t.false(validate(wrong));
  });
}

test('every field is described', (t) => {
  const undescribed: string[] = [];
  const look = (schema: Record<string, unknown>, path: string): void => {
    for (const [key, value] of Object.entries(
      (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>,
    )) {
      if (value['description'] === undefined && value['const'] === undefined) undescribed.push(`${path}.${key}`);
      look(value, `${path}.${key}`);
    }
    for (const part of [schema['anyOf'], schema['items']].flat()) {
      if (typeof part === 'object' && part !== null) look(part as Record<string, unknown>, path);
    }
  };
  look(JSON.parse(text) as Record<string, unknown>, '');
  t.deepEqual(undescribed, []);
});
