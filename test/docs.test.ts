/** Generated pages are what the program says of itself (NETLAB_UPDATE=1 writes them), and every link leads somewhere. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { promiseNames } from '#src/declaration/promise.js';
import { strategies } from '#src/strategy/index.js';
import { top } from './support/docs/markdown.js';
import { matrixSection } from './support/docs/matrix.js';
import { promisePages, questions } from './support/docs/promise-pages.js';
import { referencePages } from './support/docs/reference-pages.js';
import { sourcesPage } from './support/docs/sources.js';
import { strategyComment, strategyPages, strategyParts } from './support/docs/strategy-pages.js';

const folder = fileURLToPath(top);
const update = process.env['NETLAB_UPDATE'] === '1';

function compare(t: { is(actual: string, expected: string, message: string): unknown }, path: string, wanted: string) {
  const file = join(folder, path);
  if (update) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted);
  }
  t.is(
    existsSync(file) ? readFileSync(file, 'utf8') : '',
    wanted,
    `${path}: NETLAB_UPDATE=1 npx ava test/docs.test.ts`,
  );
}

test('pages of promises, strategies and the reference are as the program says', async (t) => {
  const pages = [...promisePages(), ...strategyPages(), ...(await referencePages())];
  for (const [path, text] of [...pages, ['docs/explanations/sources.md', sourcesPage()] as const])
    compare(t, path, text);
});

test('the table of measurements is the sample', (t) => {
  const path = 'docs/measurements.md';
  const page = readFileSync(join(folder, path), 'utf8');
  const [start, end] = ['<!-- matrix -->', '<!-- /matrix -->'];
  t.true(page.includes(start) && page.includes(end));
  const [before = '', rest = ''] = page.split(start);
  compare(t, path, `${before}${start}\n\n${matrixSection()}\n\n${end}${rest.split(end)[1] ?? ''}`);
});

test('every figure has its day and its command, and what is older than the method says so', (t) => {
  const page = readFileSync(join(folder, 'docs/measurements.md'), 'utf8');
  const [overview = '', ...sections] = page.split(/^## /m);
  for (const section of sections) {
    const [title = ''] = section.split('\n');
    t.regex(section, /20\d\d-\d\d-\d\d/, title);
    t.regex(section, /`npm run |`\.?\/?netlab |^ {4}\.\/netlab /m, title);
    const anchor = title.toLowerCase().replaceAll(' ', '-');
    const [row = ''] = overview.split('\n').filter((line) => line.includes(`(#${anchor})`));
    t.regex(row, /^\| .* \| .* \| `.*`.*\|$/, title);
    if (anchor !== 'who-keeps-what')
      t.is(row.includes('**changed**'), section.includes('> **Older than the method.**'), title);
  }
});

test('every promise and every strategy answers the same questions', (t) => {
  const pages = promisePages();
  for (const name of promiseNames) {
    const headings = [...(pages.get(`docs/promises/${name}.md`) ?? '').matchAll(/^## (.*)$/gm)].map(([, text]) => text);
    t.deepEqual(headings.slice(0, questions.length), [...questions], name);
  }
  for (const name of strategies.keys()) {
    const headings = [...strategyComment(name).parts.matchAll(/^## (.*)$/gm)].map(([, text]) => text);
    t.deepEqual(headings, [...strategyParts], name);
  }
});

const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pagesBelow('docs')];

function pagesBelow(path: string): string[] {
  const names = readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${path}/${name}`)
    .toSorted();
}

/** As code hosts make them of headings. */
function anchorsOf(path: string): readonly string[] {
  const headings = readFileSync(join(folder, path), 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Links of a page that lead nowhere in this project. */
function brokenLinks(page: string): readonly string[] {
  const text = readFileSync(join(folder, page), 'utf8').replaceAll(/^```.*?^```/gms, '');
  const links = [...text.matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => groups?.['target'] ?? '');
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (target.startsWith('..') || !existsSync(join(folder, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    })
    .map((link) => `${page}: ${link}`);
}

test('every link of every page leads somewhere', (t) => {
  t.true(documents.length > 40, documents.join(' '));
  t.deepEqual(documents.flatMap(brokenLinks), []);
});

test('the README can be read in one go', (t) => {
  const words = readFileSync(join(folder, 'README.md'), 'utf8').split(/\s+/).length;
  t.true(words <= 900, `${words} words`);
  for (const name of strategies.keys())
    t.true(readFileSync(join(folder, 'README.md'), 'utf8').includes(`docs/strategies/${name}.md`), name);
});
