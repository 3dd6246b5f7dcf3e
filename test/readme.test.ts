/** What the README says of a strategy is what the strategy says. NETLAB_UPDATE=1 writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { promiseNames } from '#src/promise/promise.js';
import { strategies } from '#src/strategy/index.js';

const file = new URL('../README.md', import.meta.url);

for (const { name, promises } of strategies.values()) {
  test(`the README has the promises of ${name}`, (t) => {
    const rows = promiseNames.map(
      (promise) => `| ${promise} | ${promises[promise].declared} | ${promises[promise].why.replaceAll('|', '\\|')} |`,
    );
    const table = ['| promise | declared | why |', '|---|---|---|', ...rows].join('\n');
    const [start, end] = [`<!-- promises:${name} -->`, `<!-- /promises:${name} -->`];
    const readme = readFileSync(file, 'utf8');
    const [before = '', rest = ''] = readme.split(start);
    const wanted = `${before}${start}\n${table}\n${end}${rest.split(end)[1] ?? ''}`;
    if (process.env['NETLAB_UPDATE'] === '1') writeFileSync(file, wanted);
    else t.is(readme, wanted);
    t.true(readme.includes(start) && readme.includes(end));
  });
}
