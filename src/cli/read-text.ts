/** Stored documents as the command line names them. */
import { open } from 'node:fs/promises';
import { fileTrouble } from './file-trouble.js';
import { UsageError } from './usage-error.js';

/** Far above any result: a comparison of all strategies has 2 MiB. A device such as /dev/zero never ends. */
const MOST_BYTES = 128 * 2 ** 20;

/** Of a file that was named, for messages. */
export const inputName = (file: string): string => (file === '-' ? 'standard input' : file);

/**
 * Asked before anything is read.
 * @param files as they were named
 * @throws UsageError when several are standard input, which is gone after it was read
 */
export function demandOneInput(files: readonly string[]): void {
  if (files.filter((file) => file === '-').length < 2) return;
  throw new UsageError('- is named twice, and standard input can be read only once', {
    remedy: 'Store one of them in a file.',
  });
}

/**
 * @param file `-` is standard input
 * @param remedy where such files come from
 * @throws UsageError when it cannot be read, or is no document that netlab has written
 */
export async function textOf(file: string, remedy: string): Promise<string> {
  if (file === '-') return await bounded(process.stdin, inputName(file));
  try {
    await using handle = await open(file);
    return await bounded(handle.createReadStream({ autoClose: false }), JSON.stringify(file));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${JSON.stringify(file)} cannot be read: ${fileTrouble(cause)}`, { cause, remedy });
  }
}

async function bounded(stream: AsyncIterable<Buffer>, shown: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MOST_BYTES)
      throw new UsageError(`${shown} has more than ${MOST_BYTES / 2 ** 20} MiB: no result of netlab`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
