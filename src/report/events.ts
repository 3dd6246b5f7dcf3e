/** `--events`: one JSON document per line (NDJSON), as things happen. */
import { type EventEnvelope, eventSchemaVersion } from '../result/event-envelope.js';
import { writeText } from './output.js';
import type { Output } from './output.js';

/**
 * To what it means: durations to a tenth of a millisecond; rates, and what else is measured, to four digits, but never
 * coarser than to a tenth. Counts, bytes and other whole numbers stay. The document of --json has all digits.
 */
function rounded(this: unknown, key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  // An observation has its unit in its name, and its number beside it.
  if ((key === 'value' ? nameOf(this) : key).endsWith('PerSecond')) return fourDigits(value);
  if (Number.isInteger(value)) return value;
  return key.endsWith('Ms') || Math.abs(value) >= 1000 ? Math.round(value * 10) / 10 : fourDigits(value);
}

const fourDigits = (value: number): number => Number(value.toPrecision(4));

function nameOf(holder: unknown): string {
  const { name } = holder as { readonly name?: unknown };
  return typeof name === 'string' ? name : '';
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
