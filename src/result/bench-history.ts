/** The history of benchmarks: a file of JSON lines, one for each, small enough to keep for years. */
import { z } from 'zod';
import type { BenchResult } from './bench.js';
import { benchSchemaVersion } from './bench-schema.js';
import { mtuPasses } from './bench.js';
import { metricNames } from './bench-metrics.js';
import { documentProblems, notOurs } from './document-problems.js';
import { readJson } from './json-document.js';
import { StoredResultError } from './stored.js';

const entrySchema = z.object({
  schemaVersion: z.literal(benchSchemaVersion),
  kind: z.literal('bench-history'),
  startedAt: z.string(),
  netlabVersion: z.string(),
  kernel: z.string(),
  processor: z.string(),
  seed: z.number(),
  rounds: z.number(),
  noisy: z.boolean(),
  cells: z.array(
    z.object({
      target: z.string(),
      pair: z.string(),
      pass: z.enum(mtuPasses),
      metric: z.enum(metricNames),
      median: z.number(),
      low: z.number(),
      high: z.number(),
    }),
  ),
});

/** Medians against the wire, with their intervals. */
export type HistoryEntry = z.infer<typeof entrySchema>;

/** @returns a line, with its newline */
export function historyLine(result: BenchResult): string {
  const { startedAt, netlabVersion, environment, machine, seed, rounds, noise } = result;
  const cells = result.cells.flatMap(({ target, pair, pass, metric, toWire }) =>
    target === 'wire' || toWire === null
      ? []
      : [{ target, pair, pass, metric, median: toWire.median, ...toWire.interval }],
  );
  const entry: HistoryEntry = {
    schemaVersion: benchSchemaVersion,
    kind: 'bench-history',
    startedAt,
    netlabVersion,
    kernel: environment.kernel,
    processor: machine.processor,
    seed,
    rounds,
    noisy: noise.noisy,
    cells,
  };
  return `${JSON.stringify(entry)}\n`;
}

/**
 * @param file name shown in errors
 * @throws StoredResultError naming the file and the line
 */
export function parseHistory(text: string, file: string): readonly HistoryEntry[] {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  return lines.filter(({ line }) => line.trim() !== '').map(({ line, number }) => parseLine(line, `${file}:${number}`));
}

function parseLine(line: string, place: string): HistoryEntry {
  const refuse = (why: string): StoredResultError =>
    new StoredResultError(`${place}: no line of a history of benchmarks: ${why}`, {
      remedy: 'Make one with: netlab bench SCENARIO --history FILE',
    });
  const read = readJson(line);
  if ('problem' in read) throw refuse(`not a JSON document: ${read.problem}`);
  const ours = notOurs(read.document);
  if (ours !== undefined) throw refuse(ours);
  const parsed = entrySchema.safeParse(read.document);
  if (parsed.success) return parsed.data;
  throw refuse(documentProblems(parsed.error.issues, read.document).join('; '));
}
