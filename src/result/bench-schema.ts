/** The published shape of a benchmark's document, kept equal to the interfaces in bench.ts by the compiler. */
import { z } from 'zod';
import { type BenchResult, mtuPasses } from './bench.js';
import type { BenchDifference } from './bench-difference.js';
import { instrumentNames, metricNames } from './bench-metrics.js';
import { type DeepReadonly, environment, leaks, type Same } from './schema.js';

/** The version of the document that this netlab writes. */
export const benchSchemaVersion = 1;

const text = z.record(z.string(), z.string());
const share = z.number().min(0).max(1);
const count = z.number().int().nonnegative();
const metric = z.enum(metricNames).meta({ description: 'Its unit is in its name.' });
const pass = z.enum(mtuPasses).meta({ description: "native: each network's own MTU; equal: the smallest, for all." });
const pair = z.string().meta({ description: 'Hosts of the two containers, sender first: h1 -> h2.' });
const interval = z.object({ low: z.number(), high: z.number() }).meta({ description: '95 %, by resampling.' });

const target = z.object({
  name: z.string(),
  role: z.enum(['wire', 'baseline', 'subject']),
  strategy: z.string().exactOptional(),
  hosts: count,
  mtuBytes: count,
  digest: z.string().exactOptional().meta({ description: 'sha256 of the plan, in hexadecimal.' }),
});

const sample = z.object({
  round: z.number().int().min(1),
  value: z.number(),
  toWire: z.number().nullable().meta({
    description: 'Against the bare wire in the same round: a ratio; a difference where the metric may be 0.',
  }),
});

const cell = z.object({
  target: z.string(),
  pair,
  pairIndex: count.meta({ description: "The wire's cell with the same one is what it was measured against." }),
  pass,
  mtuBytes: count,
  metric,
  samples: z.array(sample),
  failures: count,
  problem: z.string().exactOptional(),
  median: z.number().nullable(),
  toWire: z.object({ median: z.number(), interval }).nullable(),
});

const judgement = {
  verdict: z.enum(['better', 'worse', 'same', 'inconclusive']),
  effect: z
    .number()
    .nullable()
    .meta({ description: 'Hodges-Lehmann: a share; in the unit of the metric where that may be 0.' }),
  interval: interval.nullable(),
  probability: z
    .number()
    .nullable()
    .meta({ description: 'Signed ranks of one benchmark, Mann-Whitney of two; both sides, before the correction.' }),
  reason: z.string().exactOptional(),
  moreRounds: count.nullable().exactOptional().meta({ description: 'Likely to decide; null: no number of rounds is.' }),
};

const comparison = z.object({ target: z.string(), against: z.string(), pair, pass, metric, ...judgement });

const latency = z.object({
  target: z.string(),
  pair,
  pass,
  load: z.enum(['idle', 'loaded']),
  percentilesMs: z.array(z.number()).meta({ description: 'At 0 %, 1 %, ..., 100 %.' }),
  overTime: z.array(z.tuple([z.number(), z.number()])).meta({ description: 'Sent at, and answered after: ms.' }),
});

/** Unknown keys are allowed, so that a later netlab may add some. */
export const benchSchema = z
  .object({
    schemaVersion: z.literal(benchSchemaVersion),
    kind: z.literal('bench'),
    netlabVersion: z.string(),
    startedAt: z.iso.datetime(),
    note: z.literal('one kernel, relative figures only'),
    seed: z.number().int().meta({ description: 'Of the order of measurements, and of resampling.' }),
    budgetMs: z.number().positive(),
    measuringMs: z.number().nonnegative(),
    settings: z.object({
      instruments: z.array(z.enum(instrumentNames)),
      pairs: count,
      passes: z.array(z.enum(mtuPasses)),
      udpRateBitsPerSecond: z.number().positive(),
      scenarios: z
        .array(z.string())
        .exactOptional()
        .meta({ description: 'As they were given, names or paths; - is standard input.' }),
      hosts: count.nullable().meta({ description: 'Which all scenarios were given; null: each its own.' }),
      containers: count.nullable().exactOptional().meta({ description: 'The same of containers of each host.' }),
      set: z.array(z.string()).exactOptional().meta({ description: 'KEY=VALUE, as it was given to --set.' }),
      alpha: share.meta({ description: 'Probability of any false alarm in this document.' }),
    }),
    forecast: z
      .object({
        rounds: count,
        metrics: z.array(
          z.object({
            metric,
            samples: count,
            wanted: count.meta({ description: 'Of each of two benchmarks, to tell that nothing has changed.' }),
          }),
        ),
        leftOut: z.array(pass).meta({ description: 'What would be measured if there were more time.' }),
        enoughMs: count.nullable().meta({ description: 'The shortest budget for all of it; null: beyond an hour.' }),
      })
      .exactOptional()
      .meta({ description: 'What the budget was thought to be enough for, before anything was built.' }),
    environment,
    machine: z.object({ processor: z.string(), offloads: text, congestionControl: z.string() }),
    noise: z.object({
      noisy: z.boolean(),
      reasons: z.array(z.string()),
      stealShare: share,
      idleBusyShare: share.meta({ description: "Of the processors' time, while nothing was measured." }),
      wireSpread: z.record(z.string(), z.number()).meta({ description: 'Robust coefficient of variation, by metric.' }),
    }),
    targets: z.array(target),
    rounds: count.meta({ description: 'Whole ones; cells may have a sample more.' }),
    cells: z.array(cell),
    comparisons: z.array(comparison),
    latencies: z.array(latency),
    leaks: z.record(z.string(), leaks),
    failure: z.object({ message: z.string(), remedy: z.string().exactOptional() }).exactOptional(),
    complete: z.boolean(),
    exitCode: z.number().int().meta({
      description: '0 measured, 3 failed or something is left, 4 too noisy or too few rounds, 130 interrupted.',
    }),
  })
  .meta({ title: 'netlab benchmark', description: 'What netlab bench measured of several networks side by side.' });

/** The JSON Schema (draft 2020-12) of a benchmark's document. */
export function benchJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(benchSchema, { io: 'input' }) };
}

const origin = z.object({
  startedAt: z.iso.datetime(),
  netlabVersion: z.string(),
  kernel: z.string(),
  processor: z.string(),
  rounds: count,
});

/** The document of netlab gate and netlab diff. */
export const benchDifferenceSchema = z
  .object({
    schemaVersion: z.literal(benchSchemaVersion),
    kind: z.literal('bench-difference'),
    note: z.literal('one kernel, relative figures only'),
    before: origin,
    after: origin,
    caveats: z.array(z.string()).meta({ description: 'What makes the two hard to compare.' }),
    cells: z.array(
      z.object({
        target: z.string(),
        pair,
        pass,
        metric,
        before: z.number().nullable().meta({ description: 'Median of the ratios, or differences, to the wire.' }),
        after: z.number().nullable(),
        ...judgement,
      }),
    ),
    exitCode: z
      .number()
      .int()
      .meta({ description: '0 nothing is worse, 1 something is, 4 something cannot be judged.' }),
  })
  .meta({ title: 'netlab bench difference', description: 'What became of the ratios to the wire.' });

/** The JSON Schema (draft 2020-12) of what netlab gate and netlab diff print. */
export function benchDifferenceJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(benchDifferenceSchema, { io: 'input' }) };
}

/** Do not compile when schema and interface drift apart. */
true satisfies Same<DeepReadonly<z.infer<typeof benchDifferenceSchema>>, DeepReadonly<BenchDifference>>;
true satisfies Same<DeepReadonly<z.infer<typeof benchSchema>>, DeepReadonly<BenchResult>>;
