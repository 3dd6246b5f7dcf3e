/** What `netlab init` writes can be planned as it is, and with any one of its comments uncommented. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioTemplate } from '#src/cli/scenario-template.js';
import { adapted } from '#src/plan/adapt.js';
import { makePlan } from '#src/plan/make-plan.js';
import { scenarioJsonSchema } from '#src/scenario/json-schema.js';
import { parseScenario } from '#src/scenario/parse.js';
import { findStrategy, strategies } from '#src/strategy/index.js';
import test from 'ava';
import { netlab, temporaryFolder } from '../../support/cli.js';

/** A key that only lacks to be uncommented: no blank behind the #. */
const commentedKey = /^(?<indent> *)#(?=[A-Za-z])/u;
/** A value that may stand instead of the one below it. */
const alternative = /^ *# (?<value>\[.*\])$/u;

const replaced = (lines: readonly string[], index: number, line: string): string => lines.with(index, line).join('\n');

/** The file with one comment made use of, for each. */
function usesOf(text: string): readonly (readonly [comment: string, text: string])[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (commentedKey.test(line)) return [[line, replaced(lines, index, line.replace(commentedKey, '$<indent>'))]];
    const value = alternative.exec(line)?.groups?.['value'];
    const below = lines[index + 1] ?? '';
    return value === undefined ? [] : [[line, replaced(lines, index + 1, below.replace(/: .*$/u, `: ${value}`))]];
  });
}

function planned(text: string, name: string): void {
  const strategy = findStrategy(name);
  const scenario = parseScenario(text, { file: 'init', defaultName: 'x', strategies });
  makePlan(adapted(scenario, strategy, new Set()), strategy);
}

for (const name of strategies.keys())
  test(`${name}: each comment can be made use of`, (t) => {
    const text = scenarioTemplate(name, 'x');
    t.notThrows(() => planned(text, name));
    const uses = usesOf(text);
    t.true(uses.length >= 12);
    for (const [comment, used] of uses) t.notThrows(() => planned(used, name), comment);
  });

test('nothing looks like a key that is commented and is none, and every key of the schema is there', (t) => {
  const { properties = {} } = scenarioJsonSchema(strategies.values()) as Schema;
  const { cluster } = properties;
  const keys = [properties, cluster?.properties, cluster?.properties?.['underlay']?.properties];
  for (const name of strategies.keys()) {
    const text = scenarioTemplate(name, 'x');
    for (const line of text.split('\n').filter((one) => one.trimStart().startsWith('#')))
      t.regex(line, /^ *#(?: .*|[A-Za-z]\w*: \S.*)?$/u);
    for (const key of keys.flatMap((one) => Object.keys(one ?? {}))) t.regex(text, new RegExp(`^ *#?${key}:`, 'mu'));
  }
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

test('the file as init writes it, uncommented by hand, and netlab plan', async (t) => {
  const cwd = temporaryFolder();
  await netlab(['init', 'mine.yaml', '--strategy', 'dhcp'], { cwd });
  const text = scenarioTemplate('dhcp', 'mine.yaml');
  for (const [comment, used] of usesOf(text).filter(([one]) => /pool|services|faults/u.test(one))) {
    writeFileSync(join(cwd, 'used.yaml'), used);
    const plan = await netlab(['plan', 'used.yaml'], { cwd });
    t.is(plan.exitCode, 0, `${comment}: ${plan.stderr}`);
  }
});
