import test from 'ava';
import { problemsOf } from './read.js';

const ten = (entry: string) => `[${Array(10).fill(entry).join(', ')}]`;
const bomb = [
  'a: &a 1',
  ...'bcdefghij'.split('').map((name, i) => `${name}: &${name} ${ten(`*${'abcdefghi'[i]}`)}`),
].join('\n');

/** What YAML allows, or a program that writes YAML may produce, and how it ends. */
const hostile: ReadonlyArray<readonly [title: string, text: string, expected: RegExp]> = [
  ['an undefined alias', 'strategy: *x', /^test\.yaml:1:11: there is no anchor &x before the alias \*x/],
  ['an alias before its anchor', 'a: *x\nb: &x 1', /:1:4: there is no anchor &x/],
  ['an alias in itself', 'a: &x { b: *x }', /:1:12: the alias \*x stands inside itself/],
  ['an alias bomb', bomb, /with its aliases replaced the file has \d+ values/],
  ['a duplicate key', 'strategy: bridge-l2\nstrategy: bridge-l2', /:2:1: the key "strategy" is there twice/],
  ['a list as key', '? [a]\n: 1', /:1:3: a key is a plain word/],
  ['no key', ': 1', /a key is a plain word/],
  ['__proto__', 'strategy: bridge-l2\ncluster: { __proto__: { hosts: 1 } }', /:2:12: unknown key "__proto__"/],
  ['constructor', 'strategy: bridge-l2\nconstructor: 1', /:2:1: constructor: unknown key/],
  ['two documents', 'strategy: bridge-l2\n---\nstrategy: bridge-l2', /:2:1: a second document begins here/],
  ['a tab', 'strategy: bridge-l2\n\tcluster: 1', /:2:1: Tabs are not allowed as indentation/],
  ['a tag', 'strategy: !!set { a }', /:1:11: Unresolved tag/],
  ['an open quote', 'strategy: "bridge-l2', /Missing closing "quote/],
  ['an open bracket', 'cluster: { hosts: [', /:1:\d+: /],
  ['100,000 open brackets', '['.repeat(100_000), /:1:65: nested deeper than 64 levels/],
  ['20,000 closed brackets', '['.repeat(20_000) + ']'.repeat(20_000), /nested deeper than 64 levels/],
  ['100,000 dashes', '- '.repeat(100_000), /nested deeper than 64 levels/],
  ['a stair of keys', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested deeper than 64/],
  [
    'a long file',
    '#'.repeat(300_000),
    /:1:1: it has more than 262144 characters; allowed: at most 262144 in a scenario/,
  ],
  [
    '20,000 keys',
    Array.from({ length: 20_000 }, (_, i) => `k${i}:`).join('\n'),
    /^test\.yaml:1:1: strategy: .*missing/,
  ],
  [
    '100,000 hosts',
    `strategy: bridge-l2\ncluster: { hosts: [${'1,'.repeat(100_000)}] }`,
    /cluster\.hosts: found a list of 100000/,
  ],
];

for (const [title, text, expected] of hostile) {
  test(`${title} ends in a message`, (t) => {
    const problems = problemsOf(text);
    t.regex(problems.join('\n'), expected);
    t.true(problems.every((problem) => /^test\.yaml:[1-9]\d*:[1-9]\d*: ./.test(problem)));
  });
}

test('anchors and aliases that lead somewhere work', (t) => {
  const text =
    'strategy: bridge-l2\ncluster:\n  hosts:\n    - { containers: &few [{}, {}] }\n    - { containers: *few }';
  t.deepEqual(problemsOf(text), []);
});

test('a problem behind an alias points at what the alias stands for', (t) => {
  const text = 'strategy: bridge-l2\ncluster:\n  hosts:\n    - &host { mtu: 9000 }\n    - *host';
  t.regex(problemsOf(text).join('\n'), /^test\.yaml:4:20: cluster\.hosts\[0\]\.mtu: .*\(and 1 more like it\)/);
});
