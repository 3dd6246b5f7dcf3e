/** The published shape of a comparison, kept equal to the interfaces in comparison.ts by the compiler. */
import { z } from 'zod';
import type { Comparison } from './comparison.js';
import { type DeepReadonly, resultSchemaVersion, runResultSchema, type Same } from './schema.js';

const count = z.number().int().min(1);

/** The comparison document. Unknown keys are allowed, so that a later netlab may add some. */
export const comparisonSchema = z
  .object({
    schemaVersion: z.literal(resultSchemaVersion),
    kind: z.literal('comparison'),
    netlabVersion: z.string(),
    startedAt: z.iso.datetime(),
    durationMs: z.number().nonnegative().meta({ description: 'Milliseconds; the longest shard when merged.' }),
    planned: z.array(z.string()).meta({ description: 'Names of all that is compared, other shards included.' }),
    shard: z
      .object({ index: count, total: count })
      .exactOptional()
      .meta({ description: 'Which part this is, from 1.' }),
    skipMissing: z.boolean().meta({ description: 'What this machine cannot build does not count.' }),
    runs: z.array(z.object({ name: z.string(), result: runResultSchema })),
    complete: z.boolean().meta({ description: 'False when a run was cut short, or a shard is missing.' }),
    exitCode: z.number().int().meta({ description: 'Of all runs; where several hold: 2, 3, 1, 4, 0.' }),
  })
  .meta({ title: 'netlab comparison', description: 'What netlab found of several scenarios side by side.' });

/** The JSON Schema (draft 2020-12) of a comparison document. */
export function comparisonJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(comparisonSchema, { io: 'input' }) };
}

/** Does not compile when schema and interface drift apart. */
true satisfies Same<DeepReadonly<z.infer<typeof comparisonSchema>>, DeepReadonly<Comparison>>;
