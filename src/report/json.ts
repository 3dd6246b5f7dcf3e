/** `--json`: exactly one document, when the run has ended. */
import type { Reporter } from '../result/events.js';
import { writeText } from './output.js';
import type { Output } from './output.js';

export function jsonReporter(output: Output): Reporter {
  return { onEnd: (result) => writeText(output, `${JSON.stringify(result, null, 2)}\n`) };
}
