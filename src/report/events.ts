/** `--events`: one JSON document per line (NDJSON), as things happen. */
import { type EventEnvelope, eventSchemaVersion } from '../result/event-envelope.js';
import { writeText } from './output.js';
import type { Output } from './output.js';

/** Times are milliseconds to a tenth: what is beyond is the machine's noise. Measured values stay as they are. */
function rounded(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('Ms') ? Math.round(value * 10) / 10 : value;
}

interface EventLines {
  onEvent(event: { readonly type: string }): void;
  /** Resolves when the last line is written. */
  onEnd(): Promise<void>;
}

/** Writes the events of a run, a comparison or a benchmark, each with when it happened and its number, from 1. */
export function eventLines(output: Output, netlabVersion: string): EventLines {
  let written: Promise<void> = Promise.resolve();
  let sequence = 0;
  return {
    onEvent(event) {
      const envelope: EventEnvelope = {
        time: new Date().toISOString(),
        sequence: ++sequence,
        schemaVersion: eventSchemaVersion,
        netlabVersion,
      };
      written = writeText(output, `${JSON.stringify({ ...envelope, ...event }, rounded)}\n`);
    },
    onEnd: () => written,
  };
}
