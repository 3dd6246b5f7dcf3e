import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { promiseNames } from '#src/declaration/promise.js';
import { readSources, violations } from '../.ci/architecture.js';

test('every import of lab/ and src/ goes in the right direction', (t) => {
  t.deepEqual(violations(readSources(fileURLToPath(new URL('..', import.meta.url)))), []);
});

/** One wrong import in an otherwise empty project is found, and the words say why. */
const catches = test.macro((t, path: string, text: string, words: RegExp, others: Record<string, string> = {}) => {
  const found = violations(new Map([...Object.entries(others), [path, text]]));
  t.is(found.length, 1, found.join('\n'));
  t.regex(found[0] ?? '', words);
  t.true(found[0]?.startsWith(`${path}:1: `));
});

const allows = test.macro((t, path: string, text: string, others: Record<string, string> = {}) => {
  t.deepEqual(violations(new Map([...Object.entries(others), [path, text]])), []);
});

test('lab knows nothing above it', catches, 'lab/a.ts', `import '#src/plan/plan.js';`, /lab\/ may not know src\/plan/);
test('nor by a relative path', catches, 'lab/a.ts', `export * from '../src/plan/plan.js';`, /lab\/ may not know/);
test('nor the tests', catches, 'lab/a.ts', `import '../test/x.js';`, /lab\/ may not know test/);
test(
  'src enters lab by its front doors',
  catches,
  'src/run/a.ts',
  `import '#lab/netns/node.js';`,
  /only as '#lab\/x\.js'/,
);
test('not by a relative path', catches, 'src/run/a.ts', `import '../../lab/lab.js';`, /only as '#lab\/x\.js'/);
test('src does not know the tests', catches, 'src/run/a.ts', `import '../../test/x.js';`, /only as/);
test('a report never opens a socket', catches, 'src/report/a.ts', `import '#lab/sockets.js';`, /never touches a lab/);
test('a type of it is fine', allows, 'src/report/a.ts', `import type { Frame } from '#lab/sockets.js';`);
test('a report knows no plan', catches, 'src/report/a.ts', `import '../plan/plan.js';`, /report may not know plan/);
test(
  'a check knows no strategy',
  catches,
  'src/promises/a.ts',
  `import '../strategy/index.js';`,
  /only types of strategy/,
);
test(
  'not even in passing',
  catches,
  'src/promises/a.ts',
  `await import('../strategy/index.js');`,
  /only types of strategy/,
);
test('but its types', allows, 'src/promises/a.ts', `import { type Design } from '../strategy/contract.js';`);
test(
  'an import type counts',
  catches,
  'src/report/a.ts',
  `type A = import('../plan/plan.js').Plan;`,
  /report may not know plan/,
);
test('every room is listed', catches, 'src/attic/a.ts', `import '../plan/plan.js';`, /unknown room src\/attic/);
test('every library is listed', catches, 'src/cli/a.ts', `import 'left-pad';`, /unknown library left-pad/);
test('a library has its file', catches, 'src/cli/a.ts', `import 'cli-table3';`, /only by src\/report\/table\.ts/);
test('a deep import too', catches, 'src/run/a.ts', `import 'zod/mini';`, /zod\/mini may be imported only by/);
test('the machine is reached through lab', catches, 'src/run/a.ts', `import 'node:child_process';`, /through lab\//);
test('one file of a folder', catches, 'src/cli/b.ts', `import 'commander';`, /importer already: src\/cli\/a\.ts/, {
  'src/cli/a.ts': `import 'commander';`,
});
test('strategies do not know each other', catches, 'src/strategy/b.ts', `import './a.js';`, /alternatives/, {
  'src/strategy/index.ts': `import './a.js'; import './b.js'; import './contract.js';`,
});
test('what they share is no alternative', allows, 'src/strategy/b.ts', `import './contract.js';`, {
  'src/strategy/index.ts': `import './b.js'; import './contract.js';`,
});
test('imports go in no circle, not even those of types', (t) => {
  const sources = { 'src/plan/a.ts': `import './b.js';`, 'src/plan/b.ts': `import type { A } from './a.js';` };
  t.deepEqual(violations(new Map(Object.entries(sources))), [
    'imports in a circle: src/plan/a.ts -> src/plan/b.ts -> src/plan/a.ts',
  ]);
});
test('what two files share is no circle', allows, 'src/plan/a.ts', `import './b.js'; import './c.js';`, {
  'src/plan/b.ts': `import './c.js';`,
});
test('the promises are one entry each, and nothing else', (t) => {
  const entries = readdirSync('src/promises', { withFileTypes: true });
  t.deepEqual(entries.map(({ name }) => name.replace(/\.ts$/, '')).toSorted(), promiseNames.toSorted());
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    t.true(existsSync(`src/promises/${name}/${name}.ts`), `src/promises/${name} has no entry of its name`);
});
