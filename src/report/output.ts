/** Writing to a stream whose reader may go away. */

/** What reporters write to: process.stdout, or a test's own. */
export type Output = NodeJS.WritableStream;

/** Errors of a stream whose other end is gone: a closed pipe, a terminal that was hung up. */
const readerGone: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

const guarded = new WeakSet<Output>();

/**
 * Keeps a reader that went away (`netlab run --events | head -1`) from ending the run before its lab is taken down:
 * what it would have read is dropped. Other errors of the stream stay errors.
 */
export function guardBrokenPipe(output: Output): void {
  if (guarded.has(output)) return;
  guarded.add(output);
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (!readerGone.includes(error.code)) throw error;
  });
}

/** Resolves when the stream has taken the text, or never will because its reader is gone. */
export function writeText(output: Output, text: string): Promise<void> {
  guardBrokenPipe(output);
  return new Promise((resolve) => {
    output.write(text, () => resolve());
  });
}
