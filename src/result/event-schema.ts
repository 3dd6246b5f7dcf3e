/** The published shape of a line of `--events`, kept equal to the interfaces of the events by the compiler. */
import { z } from 'zod';
import { promiseNames } from '../declaration/promise.js';
import type { BenchEvent } from './bench-events.js';
import { instrumentNames } from './bench-metrics.js';
import { benchSchema } from './bench-schema.js';
import { comparisonSchema } from './comparison-schema.js';
import { type EventEnvelope, eventSchemaVersion } from './event-envelope.js';
import type { ComparisonEvent, RunEvent } from './events.js';
import { type DeepReadonly, leaks, runResultSchema, type Same } from './schema.js';

const envelope = z.object({
  time: z.iso.datetime().meta({ description: 'When it happened, UTC.' }),
  sequence: z.number().int().min(1).meta({ description: 'From 1, without a gap.' }),
  schemaVersion: z.literal(eventSchemaVersion),
  netlabVersion: z.string(),
});

const { promises, phases } = runResultSchema.shape;
const promise = z.enum(promiseNames);
const phase = phases.element.shape.name;
const ms = z.number().nonnegative().meta({ description: 'Milliseconds, to a tenth.' });
const count = z.number().int().nonnegative();

const holder = z
  .object({
    pid: count,
    user: z.string().exactOptional(),
    lab: z.string().exactOptional().meta({ description: '`lab NAME`, `run SCENARIO`; absent when it is no netlab.' }),
    program: z.string().exactOptional(),
    stopped: z.boolean().meta({ description: 'By a signal; a paused container does not look so.' }),
    ended: z
      .literal(true)
      .exactOptional()
      .meta({ description: 'It has ended, and who has inherited the lock from it cannot be seen.' }),
  })
  .meta({ description: 'Who has what the lab waits for; absent when that cannot be seen.' });

const waitingForLab = z.object({
  type: z.literal('waiting'),
  for: z.literal('another lab'),
  text: z.string().meta({ description: 'Whom, in words: `lab demo of alice (process 1234, stopped)`.' }),
  holder: holder.exactOptional(),
});

const runEvents = [
  z.object({
    type: z.literal('run-started'),
    scenario: z.string(),
    strategy: z.string(),
    promises: z.array(promise),
  }),
  z.object({ type: z.literal('phase-started'), phase }),
  z.object({ type: z.literal('phase-ended'), phase, durationMs: ms }),
  z.object({ type: z.literal('build-progress'), done: count, total: count }),
  waitingForLab,
  z.object({ type: z.literal('waiting'), for: z.literal('recovery'), text: z.string() }),
  z.object({ type: z.literal('waiting-ended') }),
  z.object({ type: z.literal('check-started'), promise }),
  z.object({ type: z.literal('check-ended'), promise, result: promises.element.shape.checks.element }),
  z.object({ type: z.literal('promise-judged'), result: promises.element }),
  z.object({ type: z.literal('leaks-checked'), leaks }),
  z.object({ type: z.literal('run-ended'), result: runResultSchema }),
] as const;

const comparisonEvents = [
  z.object({
    type: z.literal('comparison-started'),
    runs: z.array(z.object({ name: z.string(), strategy: z.string() })),
  }),
  z.object({ type: z.literal('comparison-ended'), comparison: comparisonSchema }),
] as const;

const benchEvents = [
  z.object({
    type: z.literal('bench-started'),
    targets: z.array(z.string()),
    budgetMs: ms,
    forecast: benchSchema.shape.forecast.unwrap(),
  }),
  z.object({ type: z.literal('target-built'), target: z.string(), durationMs: ms }),
  z.object({
    type: z.literal('sample-started'),
    round: count.meta({ description: '0 is the warm-up.' }),
    target: z.string(),
    instrument: z.enum(instrumentNames),
    pair: z.string(),
    elapsedMs: ms,
    budgetMs: ms,
  }),
  z.object({ type: z.literal('round-ended'), round: count, elapsedMs: ms, budgetMs: ms }),
  waitingForLab.extend({ target: z.string() }),
  z.object({ type: z.literal('waiting-ended'), target: z.string() }),
  z.object({ type: z.literal('teardown-started') }),
  z.object({ type: z.literal('bench-ended'), result: benchSchema }),
] as const;

const run = z.string().exactOptional().meta({ description: 'In a comparison: the run that it happened in.' });

/** The JSON Schema (draft 2020-12) of one line of `--events`. */
export function eventJsonSchema(): Record<string, unknown> {
  const lines = z
    .union([
      ...runEvents.map((event) => envelope.extend(event.shape).extend({ run })),
      ...[...comparisonEvents, ...benchEvents].map((event) => envelope.extend(event.shape)),
    ])
    .meta({ title: 'netlab event', description: 'One line that netlab prints with --events.' });
  return { ...z.toJSONSchema(lines, { io: 'input', reused: 'ref' }) };
}

type Shape<Events extends readonly z.ZodType[]> = DeepReadonly<z.infer<Events[number]>>;

/** Do not compile when schema and events drift apart. */
true satisfies Same<DeepReadonly<z.infer<typeof envelope>>, DeepReadonly<EventEnvelope>>;
true satisfies Same<Shape<typeof runEvents>, DeepReadonly<RunEvent>>;
true satisfies Same<Shape<typeof comparisonEvents>, DeepReadonly<Exclude<ComparisonEvent, { readonly run: string }>>>;
true satisfies Same<Shape<typeof benchEvents>, DeepReadonly<BenchEvent>>;
