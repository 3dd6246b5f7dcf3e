/** The published shape of a result, kept equal to the interfaces in result.ts by the compiler. */
import { z } from 'zod';
import { promiseNames } from '../declaration/promise.js';
import { designSchema, missingSchema } from './design-schema.js';
import type { RunResult } from './result.js';

/** The version of the result document that this netlab writes. */
export const resultSchemaVersion = 1;

const verdict = z.enum(['pass', 'fail', 'skip', 'error', 'inconclusive', 'not applicable']).meta({
  description:
    'How a check ended. skip: cannot be measured here; error: netlab failed; inconclusive: not reproduced; not applicable: what it is about cannot exist in this cluster.',
});
const durationMs = z.number().nonnegative().meta({ description: 'Milliseconds.' });
const lines = z.array(z.string());

const observation = z.object({
  name: z.string().meta({ description: 'Stable name; units are in it: goodputBitsPerSecond.' }),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  subject: z.string().exactOptional().meta({ description: 'What it was measured on: a node, a pair, a link.' }),
});

const evidence = z.object({
  message: z.string().meta({ description: 'One sentence that names the node.' }),
  where: z.string().exactOptional().meta({ description: 'Node, or node:link, that is to blame, when known.' }),
  expected: z.string().exactOptional(),
  seen: z.string().exactOptional(),
});

const check = z.object({
  id: z.string(),
  verdict,
  summary: z.string().meta({ description: 'What was measured, in one line.' }),
  coverage: z.string().exactOptional().meta({ description: 'How much of what could be probed was probed.' }),
  observations: z.array(observation),
  evidence: z.array(evidence),
  reason: z.string().exactOptional().meta({ description: 'Why there is no pass or fail.' }),
  remedy: z.string().exactOptional().meta({ description: 'What the user can do about it.' }),
  durationMs,
});

const promise = z.object({
  promise: z.enum(promiseNames),
  declared: z.enum(['promised', 'absent', 'silent']),
  why: z.string().meta({ description: 'Why the strategy makes this promise or does not.' }),
  verdict,
  cell: z.enum(['kept', 'BROKEN', 'absent', 'extra', 'unverified', 'not applicable']).meta({
    description:
      'As declared against as measured. Nothing unverified is ever kept. not applicable: it cannot exist in this cluster.',
  }),
  checks: z.array(check),
});

export const leaks = z
  .object({
    verified: z.boolean(),
    leftovers: lines.meta({ description: 'What of the run was still there at the deadline.' }),
    machineChanges: lines.meta({ description: "What the lab changed in the machine's own network." }),
    otherChanges: lines
      .exactOptional()
      .meta({ description: 'What else changed there meanwhile: not by this lab, and no finding.' }),
    compared: lines,
    notCompared: lines,
    waitedMs: durationMs,
  })
  .meta({ description: 'The proof that nothing is left of the run.' });

export const environment = z.object({
  kernel: z.string(),
  cores: z.number(),
  node: z.string(),
  privilege: z.enum(['root', 'user namespace']),
  tools: z.record(z.string(), z.string()).meta({ description: 'Tool name to version as it prints it.' }),
});

const plan = z.object({
  digest: z.string().meta({ description: 'sha256 of the canonical JSON of the plan, in hexadecimal.' }),
  mtuBytes: z.number(),
  hosts: z.number(),
  containers: z.number(),
});

/** The result document. Unknown keys are allowed, so that a later netlab may add some. */
export const runResultSchema = z
  .object({
    schemaVersion: z.literal(resultSchemaVersion),
    netlabVersion: z.string(),
    scenario: z.string(),
    given: z.array(z.string()).min(1).exactOptional().meta({
      description: 'Words of a command line that name the scenario as it was given, and vary it; - is standard input.',
    }),
    options: z.array(z.string()).min(1).exactOptional().meta({
      description: 'Words of the command line beside these and --strict: what was measured, and where it was reported.',
    }),
    strategy: z.string(),
    lab: z.string().exactOptional().meta({ description: 'The running lab that was measured; absent for a run.' }),
    startedAt: z.iso.datetime(),
    complete: z.boolean().meta({ description: 'False when the run was cut short.' }),
    environment,
    plan,
    design: designSchema.exactOptional().meta({ description: 'What was decided before anything was built.' }),
    promises: z.array(promise),
    drift: lines.meta({ description: 'How the lab differed from its plan: evidence, never a verdict.' }),
    faults: z
      .array(z.object({ fault: z.string(), seen: z.string() }))
      .exactOptional()
      .meta({ description: 'What was broken on purpose meanwhile, and how it was seen to have taken effect.' }),
    recovery: z
      .object({
        mended: lines,
        waitedMs: z.number().nonnegative(),
        allowedMs: z.number().nonnegative().meta({ description: "What the design's timers allow after the mend." }),
        why: z.string(),
        missing: lines.meta({ description: 'Who did not reach whom when the wait was over.' }),
      })
      .exactOptional()
      .meta({ description: 'The lab had been mended a short time before: its recovery was waited for.' }),
    followUps: z
      .object({
        followed: z
          .number()
          .int()
          .nonnegative()
          .meta({ description: 'Losses followed to where the packet was missing.' }),
        alike: z
          .number()
          .int()
          .nonnegative()
          .meta({ description: 'Losses for which these stand, themselves included.' }),
        notFollowed: z
          .number()
          .int()
          .nonnegative()
          .meta({ description: 'Others: the number and the time are bounded.' }),
        durationMs,
      })
      .exactOptional()
      .meta({ description: 'Lost packets that were sent again and followed; absent when there was none.' }),
    phases: z.array(
      z.object({ name: z.enum(['plan', 'sandbox', 'build', 'converge', 'break', 'verify', 'teardown']), durationMs }),
    ),
    leaks: leaks.nullable(),
    failure: z.object({ message: z.string(), remedy: z.string().exactOptional() }).exactOptional(),
    missing: missingSchema.exactOptional().meta({
      description: 'What the strategy needs and this machine has not got: then nothing was built.',
    }),
    strict: z
      .boolean()
      .exactOptional()
      .meta({ description: 'What is promised and unverified counts for the exit code.' }),
    exitCode: z.number().int().meta({
      description:
        '0 nothing broken, 1 broken, 2 usage, 3 lab or netlab failed, 4 inconclusive, 130 interrupted by any signal.',
    }),
  })
  .meta({ title: 'netlab result', description: 'What one run of netlab found.' });

/** The JSON Schema (draft 2020-12) of a result document. */
export function resultJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(runResultSchema, { io: 'input' }) };
}

export type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
// The only comparison that tells an optional property from one that may be undefined.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never;

/** Does not compile when schema and interface drift apart. */
true satisfies Same<DeepReadonly<z.infer<typeof runResultSchema>>, DeepReadonly<RunResult>>;
