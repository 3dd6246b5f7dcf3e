import test from 'ava';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { AddressError } from '#src/address/ip.js';
import { designFor } from '#src/plan/make-plan.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { findStrategy } from '#src/strategy/index.js';
import { problemsOf, read } from './read.js';

const valid = {
  name: 'valid',
  strategy: { name: 'bridge-l2', network: '10.1.0.0/16', stp: false },
  cluster: {
    hosts: [
      { name: 'h1', containers: [{ name: 'web', address: '10.1.1.9', mac: '02:00:00:00:00:01', mtu: 1400 }, {}] },
      { slice: '10.1.2.0/24', address: '10.1.0.2', mtu: 1500, containers: 2 },
      {},
    ],
    containers: 2,
    outsiders: [{ name: 'o1', address: '10.1.255.1' }],
    ipv6: true,
    underlay: { kind: 'switch', mtu: 1500, extraLinks: [['h1', 'h2']] },
  },
  expect: { egress: 'absent' },
  only: ['path-mtu', 'no-nat'],
  coverage: 'all',
  tolerate: ['mtu-beyond-wire'],
};
const validText = stringify(valid);

const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    [],
    {},
    0,
    -1,
    1.5,
    1e9,
    67,
    1279,
    9000,
    65_536,
    Number.NaN,
    'r1',
    'h1',
    'world',
  ),
  fc.constantFrom(
    '10.1.1.9',
    '10.1.2.0/24',
    '10.1.0.0/8',
    '10.1.0.0',
    '255.255.255.255',
    'fd00::1',
    '::/0',
    '10.1.0.1/33',
  ),
  fc.constantFrom(
    '02:00:00:00:00:01',
    'ff:ff:ff:ff:ff:ff',
    '../x',
    '$(reboot)',
    'a\nb',
    'bridge-l3',
    'slice-too-small',
    'path-mtu',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 }),
);
const key = fc.oneof(
  fc.constantFrom('hosts', 'containers', 'name', 'mtu', 'slice', '__proto__', 'toString'),
  fc.string(),
);

/** Replaces, removes or adds something at a random place of the tree. */
function mutate(tree: unknown, steps: readonly number[], edit: { kind: number; key: string; value: unknown }): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof tree !== 'object' || tree === null || Object.keys(tree).length === 0) return edit.value;
  const entries: Array<[string, unknown]> = Object.entries(tree);
  const at = step % entries.length;
  const [name, child] = entries[at] ?? ['', undefined];
  if (rest.length > 0) entries[at] = [name, mutate(child, rest, edit)];
  else if (edit.kind === 0) entries.splice(at, 1);
  else if (edit.kind === 1) entries[at] = [name, edit.value];
  else entries.splice(at, 0, [edit.key, edit.kind === 2 ? edit.value : child]);
  return Array.isArray(tree) ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
}

const edits = fc.array(
  fc.tuple(fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }), fc.record({ kind: fc.nat(3), key, value })),
  { minLength: 1, maxLength: 4 },
);
const structural = edits.map((list) => {
  const tree = list.reduce<unknown>((before, [steps, edit]) => mutate(before, steps, edit), valid);
  return stringify(tree, { aliasDuplicateObjects: false });
});

/** Characters that mean something in YAML, put over a piece of the text. */
const scrap = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'[]{}:-?&*!|>\'"%@`#,\n\t \u0000\ufeff~<='.split('')), maxLength: 6 }),
  fc.constantFrom(
    '*a',
    '&a ',
    '<<: ',
    '---\n',
    '...\n',
    '!!binary ',
    '%YAML 1.1\n',
    '.inf',
    '0o17',
    '1_000',
    '\r',
    '\u2028',
  ),
);
const textual = fc
  .array(fc.tuple(fc.nat(validText.length), fc.nat(3), scrap), { minLength: 1, maxLength: 2 })
  .map((cuts) =>
    cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), validText),
  );

/** A scenario that was read can also be resolved, unless it asked to break the rule that forbids otherwise. */
function resolves(scenario: Scenario): boolean {
  try {
    const { cluster } = designFor(scenario, findStrategy(scenario.strategy.name)).design;
    return cluster.hosts.length === scenario.cluster.hosts.length;
  } catch (error) {
    return error instanceof AddressError && scenario.tolerate.includes('slice-too-small');
  }
}

test('the scenario that is mutated is valid', (t) => {
  t.deepEqual(problemsOf(validText), []);
});

for (const [title, texts] of [
  ['structural', structural],
  ['textual', textual],
] as const) {
  test(`1,000 ${title} mutations each load or end in messages with their places`, (t) => {
    let loaded = 0;
    const check = (text: string) => {
      const problems = problemsOf(text);
      if (problems.length > 0) return problems.every((problem) => /^test\.yaml:[1-9]\d*:[1-9]\d*: .+$/.test(problem));
      loaded += 1;
      return resolves(read(text));
    };
    fc.assert(fc.property(texts, check), { numRuns: Number(process.env['NETLAB_MUTATIONS'] ?? 1000) });
    t.true(loaded > 0, `none loaded: the mutations are too coarse to test both ways`);
    t.log(`${loaded} loaded`);
  });
}
