/** What was measured of every strategy, by the committed sample. */
import { promiseNames } from '#src/declaration/promise.js';
import type { ComparedRun, Comparison } from '#src/result/comparison.js';
import { parseStored } from '#src/result/stored.js';
import { strategies } from '#src/strategy/index.js';
import { readTop, table } from './markdown.js';

const signs: Readonly<Record<string, string>> = {
  kept: '✔',
  BROKEN: '**✖**',
  absent: '–',
  extra: '+',
  unverified: '?',
  'not applicable': '∅',
};
const sample = 'reports/sample/comparison.json';

/** The matrix with when, where and how it was made. */
export function matrixSection(): string {
  const comparison = readSample();
  const names = [...strategies.keys()];
  const columns = names.map((name) => comparison.runs.find((run) => run.name === name));
  const rows = promiseNames.map((promise) => [
    `[${promise}](promises/${promise}.md)`,
    ...columns.map((run) => signOf(promise, run)),
  ]);
  return `${where(comparison)}

✔ kept, – not promised and not there, + not promised but there, ? not verified, ∅ cannot exist in that cluster, empty: not in that run.

${table(['promise', ...names.map((name) => `[${name}](strategies/${name}.md)`)], rows)}`;
}

function readSample(): Comparison {
  const stored = parseStored(readTop(sample), sample);
  if (stored.kind !== 'comparison') throw new Error(`${sample} is no comparison`);
  return stored.comparison;
}

function where({ runs, startedAt, netlabVersion }: Comparison): string {
  const kernel = runs[0]?.result.environment.kernel.split('.').slice(0, 2).join('.') ?? '';
  const day = startedAt.slice(0, 'YYYY-MM-DD'.length);
  return `Three hosts each, measured on ${day} by \`npm run sample\` (netlab ${netlabVersion}, Linux ${kernel}). The whole report: [as text](../reports/sample/comparison.md), as a page to be opened in a clone: [comparison.html](../reports/sample/comparison.html).`;
}

function signOf(promise: string, run: ComparedRun | undefined): string {
  const found = run?.result.promises.find((one) => one.promise === promise);
  return found === undefined ? '' : (signs[found.cell] ?? found.cell);
}
