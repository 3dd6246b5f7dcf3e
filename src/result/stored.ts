/** Reading a result that was stored as a file. */
import { LabError } from '#lab/errors.js';
import type { Comparison } from './comparison.js';
import { comparisonSchema } from './comparison-schema.js';
import type { RunResult } from './result.js';
import { resultSchemaVersion, runResultSchema } from './schema.js';

/** A file that is no result of netlab, or one that this netlab cannot read. */
export class StoredResultError extends LabError {}

const makeAnother = 'Make one with: netlab run SCENARIO --json > result.json';

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoredResultError(`${file}: not a JSON document: ${why}`, { cause, remedy: makeAnother });
  }
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

/** `promises[3].checks[0].verdict` */
function pathInDocument(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '') || 'the document';
}

/** A problem as the schema reports it. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const describeIssue = ({ path, message }: Issue): string => `  ${pathInDocument(path)}: ${message}`;

/** What a file holds: one run, or several side by side. */
export type Stored =
  | { readonly kind: 'run'; readonly result: RunResult }
  | { readonly kind: 'comparison'; readonly comparison: Comparison };

/** Zod's answer, as far as it is used here. */
type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/** @throws StoredResultError that names each place in the document */
function demandParsed<T>(parsed: Parsed<T>, file: string): T {
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describeIssue);
  throw new StoredResultError([`${file}: not a result of netlab:`, ...problems].join('\n'), { remedy: makeAnother });
}

const isComparison = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'kind' in document && document.kind === 'comparison';

/**
 * Reads a stored run or comparison.
 * @param file name shown in errors
 * @throws StoredResultError naming the file, each place in the document, and what is allowed there
 */
export function parseStored(text: string, file: string): Stored {
  const document = parseJson(text, file);
  refuseNewer(document, file);
  if (!isComparison(document)) return { kind: 'run', result: demandParsed(runResultSchema.safeParse(document), file) };
  return { kind: 'comparison', comparison: demandParsed(comparisonSchema.safeParse(document), file) };
}
