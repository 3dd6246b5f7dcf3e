/** JSON Schemas made from the zod ones: published for editors, and read to say what is allowed where. */
import type { ZodType } from 'zod';
import type { Addressing } from '../cluster/addressing.js';
import type { Path } from './problem.js';
import { inputSchema, type JsonSchema, scenarioFile } from './schema.js';

export type { JsonSchema } from './schema.js';

export { inputSchema } from './schema.js';

/** What the scenario reader needs of a strategy. */
export interface ScenarioStrategy {
  readonly name: string;
  readonly title?: string;
  readonly parameters: ZodType;
  /** The address scheme of parameters that the schema has passed, for that many hosts. @throws AddressError */
  addressing(parameters: unknown, hosts: number): Addressing;
}

/**
 * The JSON Schema of scenario files, draft 2020-12.
 * @param strategies those whose names and parameters editors complete; any name when there are none
 */
export function scenarioJsonSchema(strategies: Iterable<ScenarioStrategy> = []): JsonSchema {
  const base = inputSchema(scenarioFile);
  const known = [...strategies];
  const described = {
    ...base,
    title: 'netlab scenario',
    description: 'A cluster, the strategy that gives its containers addresses, and what is expected of it.',
  };
  if (known.length === 0) return described;
  const description = base.properties?.['strategy']?.['description'];
  const anyOf = [{ enum: known.map(({ name }) => name) }, ...known.map(withParameters)];
  return { ...described, properties: { ...base.properties, strategy: { description, anyOf } } };
}

/** The schemas that a value at that place may follow: several where there are alternatives. */
export function schemasAt(schema: JsonSchema, path: Path): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (level, step) => level.flatMap((one) => stepInto(one, step)),
    alternatives(schema),
  );
}

/** The keys that a mapping at that place may have. */
export function keysAt(schema: JsonSchema, path: Path): string[] {
  return [...new Set(schemasAt(schema, path).flatMap(keysOf))];
}

/** What may stand at that place, in words; undefined when the schema says nothing that helps. */
export function allowedAt(schema: JsonSchema, path: Path): string | undefined {
  const all = schemasAt(schema, path);
  const mappings = all.filter(({ type }) => type === 'object');
  const words =
    mappings.length < 2
      ? all.flatMap((one) => inWords(one) ?? [])
      : [...all.filter((one) => !mappings.includes(one)).flatMap((one) => inWords(one) ?? []), commonWords(mappings)];
  return words.length === 0 ? undefined : [...new Set(words)].join(', or ');
}

/** The words of which a value at that place must be one; none when it is no choice. */
export function choicesAt(schema: JsonSchema, path: Path): string[] {
  return schemasAt(schema, path).flatMap((one) => (one.enum ?? []).map(String));
}

function keysOf(schema: JsonSchema): string[] {
  const names = schema['propertyNames'] as JsonSchema | undefined;
  return [...Object.keys(schema.properties ?? {}), ...(names?.enum ?? []).map(String)];
}

/** Of several mappings, one for each strategy, all keys would be a wall of words. */
function commonWords([first, ...others]: readonly JsonSchema[]): string {
  const common = keysOf(first ?? {}).filter((key) => others.every((other) => keysOf(other).includes(key)));
  return `a mapping with ${common.join(', ')} and more`;
}

function withParameters({ name, title, parameters }: ScenarioStrategy): JsonSchema {
  const { $schema: _, ...schema } = inputSchema(parameters);
  return {
    ...schema,
    ...(title === undefined ? {} : { title }),
    properties: { name: { const: name }, ...schema.properties },
    required: ['name', ...(schema.required ?? [])],
    additionalProperties: false,
  };
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(alternatives);
}

function stepInto(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  const { items, prefixItems, properties, additionalProperties } = schema;
  const own = typeof step === 'string' && properties !== undefined && Object.hasOwn(properties, step);
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const next = typeof step === 'number' ? (prefixItems?.[step] ?? items) : own ? properties[step] : rest;
  return next === undefined || next === false ? [] : alternatives(next);
}

function inWords(schema: JsonSchema): string | undefined {
  if (schema.enum !== undefined) return schema.enum.join(', ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const { minimum, maximum, minItems, maxItems } = schema;
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(minimum, maximum)}`;
    case 'number':
      return `a number${range(minimum, maximum)}`;
    case 'array':
      return `a list${size(minItems, maxItems)}${entries(schema)}`;
    case 'object':
      return keysOf(schema).length === 0 ? 'a mapping' : `a mapping with ${keysOf(schema).join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    default:
      return undefined;
  }
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  // zod gives whole numbers without bounds those of Number.isSafeInteger.
  const low = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of at least ${low}`;
  return high === undefined ? '' : ` of at most ${high}`;
}

function size(minItems: number | undefined, maxItems: number | undefined): string {
  if (minItems === maxItems) return minItems === undefined ? '' : ` of ${minItems}`;
  if (maxItems === undefined) return ` of at least ${minItems}`;
  return minItems === undefined ? ` of at most ${maxItems}` : ` of ${minItems} to ${maxItems}`;
}

/** The entries of a list, where they are words. */
function entries({ items }: JsonSchema): string {
  const words = items === undefined || items === false ? [] : (items.enum ?? []);
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}
