/** One page for each promise, out of the documentation comment of its file and what strategies declare. */
import { existsSync } from 'node:fs';
import { type PromiseName, promiseNames } from '#src/declaration/promise.js';
import { strategies } from '#src/strategy/index.js';
import { moduleComment, table, top } from './markdown.js';
import { withSources } from './sources.js';

/** Every page of a promise answers these, in this order. */
export const questions = ['What it asks', 'How it is measured', 'Its limit', 'What breaks it', 'What to do'] as const;

export function promisePages(): ReadonlyMap<string, string> {
  const pages = promiseNames.map((name) => [`docs/promises/${name}.md`, promisePage(name)] as const);
  return new Map([['docs/promises/README.md', promiseIndex()], ...pages]);
}

function entryOf(name: PromiseName): string {
  const file = `src/promises/${name}.ts`;
  return existsSync(new URL(file, top)) ? file : `src/promises/${name}/${name}.ts`;
}

const commentOf = (name: PromiseName): string => moduleComment(entryOf(name));

/** Its first paragraph. */
export function promiseSentence(name: PromiseName): string {
  return commentOf(name).split('\n\n')[1]?.replaceAll('\n', ' ') ?? '';
}

function promisePage(name: PromiseName): string {
  const rows = [...strategies.values()].map((strategy) => [
    `[${strategy.name}](../strategies/${strategy.name}.md)`,
    strategy.promises[name].declared,
    withSources(strategy.promises[name].why),
  ]);
  return `${commentOf(name)}

## Who promises it

${table(['strategy', 'declared', 'why'], rows)}

[All promises](README.md) · \`netlab help ${name}\` prints this page · measured by [${entryOf(name)}](../../${entryOf(name)})
`;
}

function promiseIndex(): string {
  const rows = promiseNames.map((name) => [`[${name}](${name}.md)`, promiseSentence(name)]);
  return `# The promises

What a way of giving containers addresses can promise, and netlab measures. Each page says what is asked, how it is
measured, what is not seen by it, what breaks it, and what to do then. [How verdicts are made](../explanations/verdicts.md)
says what becomes of a measurement.

${table(['promise', 'what it says'], rows)}
`;
}
