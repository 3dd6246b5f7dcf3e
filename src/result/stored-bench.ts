/** Reading a benchmark that was stored as a file. */
import type { BenchResult } from './bench.js';
import { benchSchema, benchSchemaVersion } from './bench-schema.js';
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
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new StoredResultError([`${file}: not a benchmark of netlab:`, ...problems].join('\n'), { remedy });
}

function parseJson(text: string, file: string): object {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoredResultError(`${file}: not a JSON document: ${why}`, { cause, remedy });
  }
  throw new StoredResultError(`${file}: not a benchmark of netlab`, { remedy });
}
