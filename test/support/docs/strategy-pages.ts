/** One page for each strategy, out of the documentation comment of its file, its declarations and its parameters. */
import { existsSync } from 'node:fs';
import { promiseNames } from '#src/declaration/promise.js';
import { inputSchema } from '#src/scenario/json-schema.js';
import type { Strategy } from '#src/strategy/contract.js';
import { strategies } from '#src/strategy/index.js';
import { moduleComment, table, top } from './markdown.js';
import { addedNeeds, needsText, whoCan } from './needs.js';
import { typeWords } from './schema-words.js';
import { withSources } from './sources.js';

const all = [...strategies.values()];

/** Every page of a strategy has these parts, in this order. */
export const strategyParts = ['When to choose it', 'Its limit', 'What goes wrong'] as const;

export function strategyPages(): ReadonlyMap<string, string> {
  const pages = all.map((strategy) => [`docs/strategies/${strategy.name}.md`, strategyPage(strategy)] as const);
  return new Map([['docs/strategies/README.md', strategyIndex()], ...pages]);
}

/** The comment in two: the drawing above, and the parts that are told in words. */
export function strategyComment(name: string): { readonly drawing: string; readonly parts: string } {
  const comment = moduleComment(`src/strategy/${name}.ts`);
  const start = comment.indexOf('## ');
  const intro = comment.slice(0, start);
  const drawing = intro
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .join('\n');
  return { drawing, parts: comment.slice(start).trimEnd() };
}

function strategyPage(strategy: Strategy): string {
  const { name, title, summary, source } = strategy;
  const { drawing, parts } = strategyComment(name);
  const picture = `reports/sample/${name}.svg`;
  return `# ${name}

${title}. ${summary}

From: ${source.url === undefined ? source.text : `[${source.text}](${source.url})`}.

${drawing}

    netlab run ${name}      # measure it
    netlab plan ${name}     # what would be built: addresses, MTU, every command

Needs ${needsText(strategy)}. Who can run it: ${whoCan(strategy)}.
${existsSync(new URL(picture, top)) ? `\n![The network of ${name}, with three hosts](../../${picture})\n` : ''}
${parts}

## What it promises, and why

${promiseTable(strategy)}

## Its parameters

${parameterTable(strategy)}

[All strategies](README.md) · [its scenario](../../scenarios/${name}.yaml) · [its code](../../src/strategy/${name}.ts)
`;
}

function promiseTable({ promises }: Strategy): string {
  const rows = promiseNames.map((promise) => [
    `[${promise}](../promises/${promise}.md)`,
    promises[promise].declared,
    withSources(promises[promise].why),
  ]);
  return table(['promise', 'declared', 'why'], rows);
}

function parameterTable({ name, parameters }: Strategy): string {
  const { properties = {} } = inputSchema(parameters);
  const rows = Object.entries(properties).map(([key, schema]) => [
    `\`${key}\``,
    typeWords(schema),
    schema['default'] === undefined ? '' : `\`${JSON.stringify(schema['default'])}\``,
    typeof schema['description'] === 'string' ? schema['description'] : '',
  ]);
  if (rows.length === 0) return 'It has none.';
  const example = `    strategy: { name: ${name}, ${Object.keys(properties)[0] ?? ''}: ... }`;
  return `${table(['parameter', 'type', 'default', 'meaning'], rows)}\n\n${example}`;
}

function strategyIndex(): string {
  const rows = all.map((strategy) => [
    `[${strategy.name}](${strategy.name}.md)`,
    strategy.title,
    needsText(strategy),
    whoCan(strategy),
  ]);
  return `# The strategies

Each is one way to give containers addresses across hosts, one file in \`src/strategy\`, and a scenario of the same name.
\`netlab doctor\` says what of their needs is here. What was measured of all of them stands side by side in
[measurements](../measurements.md).

${table(['strategy', 'what it is', 'needs', 'who can run it'], rows)}

Any strategy: ${addedNeeds()}.
`;
}
