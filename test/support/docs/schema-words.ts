/** A JSON Schema in words, for tables of what may stand where. */
import type { JsonSchema } from '#src/scenario/json-schema.js';

/** `integer, 1 to 250`, `one of a, b`, `list of mapping` */
export function typeWords(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeWords))].join(', or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return namesText(schema.enum.map((one) => `\`${String(one)}\``));
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'array') return `list of ${schema.items ? typeWords(schema.items) : 'values'}`;
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined && maximum < 2 ** 31 ? `, ${minimum} to ${maximum}` : '';
  return `${schema.type ?? 'any value'}${range}`;
}

/** More names than these stand on a page of their own. */
const mostNames = 12;

const namesText = (names: readonly string[]): string =>
  names.length > mostNames ? `${names.slice(0, 2).join(', ')}, … (${names.length} names)` : names.join(', ');

export interface KeyRow {
  /** `cluster.hosts[].name` */
  readonly key: string;
  readonly schema: JsonSchema;
}

/** Every key below a schema, mappings in lists and alternatives included, each path once. */
export function keysBelow(schema: JsonSchema, path = '', depth = 4): readonly KeyRow[] {
  if (depth === 0) return [];
  const alternatives = schema.anyOf ?? [];
  const inner = [
    ...alternatives.flatMap((one) => keysBelow(one, path, depth)),
    ...(schema.items ? keysBelow(schema.items, `${path}[]`, depth) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
      const key = path === '' ? name : `${path}.${name}`;
      return [{ key, schema: one }, ...keysBelow(one, key, depth - 1)];
    }),
  ];
  return [...new Map(inner.toReversed().map((row) => [row.key, row])).values()].toReversed();
}
