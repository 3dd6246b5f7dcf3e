/** `--events`: one JSON document per line (NDJSON), as things happen. */
import type { Reporter } from '../result/events.js';
import { writeText } from './output.js';
import type { Output } from './output.js';

export function eventsReporter(output: Output): Reporter {
  let written: Promise<void> = Promise.resolve();
  return {
    onEvent(event) {
      written = writeText(output, `${JSON.stringify(event)}\n`);
    },
    onEnd: () => written,
  };
}
