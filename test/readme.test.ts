/** What the README says of the strategies is what they say. NETLAB_UPDATE=1 writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { strategiesSection } from './support/readme-strategies.js';

const file = new URL('../README.md', import.meta.url);
const [start, end] = ['<!-- strategies: NETLAB_UPDATE=1 npx ava test/readme.test.ts -->', '<!-- /strategies -->'];

test('the README has the strategies as they are', (t) => {
  const readme = readFileSync(file, 'utf8');
  const [before = '', rest = ''] = readme.split(start);
  const wanted = `${before}${start}\n\n${strategiesSection()}\n\n${end}${rest.split(end)[1] ?? ''}`;
  t.true(readme.includes(start) && readme.includes(end));
  if (process.env['NETLAB_UPDATE'] === '1') writeFileSync(file, wanted);
  else t.is(readme, wanted);
});
