import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.js';

/** @throws UsageError with the remedy when the file cannot be read */
export async function textOf(file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${JSON.stringify(file)} cannot be read: ${why}`, { cause, remedy });
  }
}
