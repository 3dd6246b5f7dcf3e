/** Reading a benchmark that was stored as a file. */
import type { BenchResult } from './bench.js';
import { benchSchema, benchSchemaVersion } from './bench-schema.js';
import { documentProblems } from './document-problems.js';
import { readJson } from './json-document.js';
import { StoredResultError } from './stored.js';

const remedy = 'Make one with: netlab bench SCENARIO --json > bench.json';

/**
 * @param file name shown in errors
 * @throws StoredResultError naming the file and each place in the document
 */
export function parseBench(text: string, file: string): BenchResult {
  const document = parseJson(text, file);
  const { schemaVersion, kind } = document as { readonly schemaVersion?: unknown; readonly kind?: unknown };
  if (kind !== 'bench') throw new StoredResultError(`${file}: not a benchmark of netlab`, { remedy });
  if (typeof schemaVersion === 'number' && schemaVersion > benchSchemaVersion)
    throw new StoredResultError(`${file}: a benchmark of a newer netlab: schemaVersion ${schemaVersion}`, {
      remedy: 'Read it with the netlab that wrote it, or a newer one.',
    });
  const parsed = benchSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = documentProblems(parsed.error.issues, document).map((line) => `  ${line}`);
  throw new StoredResultError([`${file}: not a benchmark of netlab:`, ...problems].join('\n'), { remedy });
}

function parseJson(text: string, file: string): object {
  const read = readJson(text);
  if ('problem' in read)
    throw new StoredResultError(`${file}: not a JSON document: ${read.problem}`, { cause: read.cause, remedy });
  const { document } = read;
  if (typeof document === 'object' && document !== null) return document;
  throw new StoredResultError(`${file}: not a benchmark of netlab`, { remedy });
}
