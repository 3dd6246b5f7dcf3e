import { ScenarioError } from './problem.js';

/**
 * The text of a file in UTF-8, without a byte order mark.
 * @throws ScenarioError with the place of the first byte that is not UTF-8
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const readable = new TextDecoder('utf-8').decode(bytes).split('\ufffd', 1)[0] ?? '';
    const lines = readable.split('\n');
    const column = (lines.at(-1)?.length ?? 0) + 1;
    const message = 'the file is not UTF-8 from here on';
    throw ScenarioError.of([{ file, line: lines.length, column, path: '', message, hint: 'save it as UTF-8' }]);
  }
}
