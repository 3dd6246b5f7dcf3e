/** Reading a result that was stored as a file. */
import type { z } from 'zod';
import { LabError } from '#lab/errors.js';
import type { BenchResult } from './bench.js';
import type { BenchDifference } from './bench-difference.js';
import { benchDifferenceSchema, benchSchema } from './bench-schema.js';
import type { Comparison } from './comparison.js';
import { comparisonSchema } from './comparison-schema.js';
import { documentProblems, notOurs } from './document-problems.js';
import { readJson } from './json-document.js';
import type { RunResult } from './result.js';
import { resultSchemaVersion, runResultSchema } from './schema.js';

/** A file that is no result of netlab, or one that this netlab cannot read. */
export class StoredResultError extends LabError {}

const makeAnother = 'Make one with: netlab run SCENARIO --json > result.json';

function parseJson(text: string, file: string): unknown {
  const read = readJson(text);
  if ('document' in read) return read.document;
  throw new StoredResultError(`${file}: not a JSON document: ${read.problem}`, {
    cause: read.cause,
    remedy: makeAnother,
  });
}

function schemaVersionOf(document: unknown): unknown {
  return typeof document === 'object' && document !== null && 'schemaVersion' in document
    ? document.schemaVersion
    : undefined;
}

function refuseNewer(document: unknown, file: string): void {
  const version = schemaVersionOf(document);
  if (typeof version !== 'number' || version <= resultSchemaVersion) return;
  throw new StoredResultError(
    `${file}: a result of a newer netlab: schemaVersion ${version}, and this netlab reads up to ${resultSchemaVersion}`,
    { remedy: 'Read it with the netlab that wrote it, or a newer one.' },
  );
}

/** What a file holds: one run, or several side by side; a benchmark, or what became of one. */
export type Stored =
  | { readonly kind: 'run'; readonly result: RunResult }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: 'bench'; readonly bench: BenchResult }
  | { readonly kind: 'bench-difference'; readonly difference: BenchDifference };

/** @throws StoredResultError that names each place in the document */
function demandParsed<T>(schema: z.ZodType<T>, document: unknown, file: string): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = documentProblems(parsed.error.issues, document).map((line) => `  ${line}`);
  throw new StoredResultError([`${file}: not a result of netlab:`, ...problems].join('\n'), { remedy: makeAnother });
}

function demandOurs(document: unknown, file: string): void {
  const problem = notOurs(document);
  if (problem !== undefined)
    throw new StoredResultError(`${file}: not a result of netlab: ${problem}`, { remedy: makeAnother });
}

/** A run has none. */
const kindOf = (document: unknown): unknown =>
  typeof document === 'object' && document !== null && 'kind' in document ? document.kind : undefined;

/**
 * Reads a stored run, comparison, benchmark or difference of two.
 * @param file name shown in errors
 * @throws StoredResultError naming the file, each place in the document, and what is allowed there
 */
export function parseStored(text: string, file: string): Stored {
  const document = parseJson(text, file);
  demandOurs(document, file);
  refuseNewer(document, file);
  const kind = kindOf(document);
  if (kind === 'comparison') return { kind, comparison: demandParsed(comparisonSchema, document, file) };
  if (kind === 'bench') return { kind, bench: demandParsed(benchSchema, document, file) };
  if (kind === 'bench-difference') return { kind, difference: demandParsed(benchDifferenceSchema, document, file) };
  return { kind: 'run', result: demandParsed(runResultSchema, document, file) };
}
