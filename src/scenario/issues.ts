/** Turns what zod found into findings in plain words: what was found, what is allowed, what was probably meant. */
import type { z } from 'zod';
import { allowedAt, choicesAt, type JsonSchema, keysAt } from './json-schema.js';
import { nearest } from './nearest.js';
import { describeValue, type Finding, type Path } from './problem.js';

type Issue = z.core.$ZodIssue;

/** More problems than these help nobody, and a hostile file could hold hundreds of thousands. */
const maxFindings = 200;

/**
 * @param value what was checked
 * @param schema the JSON Schema of the zod schema that checked it
 */
export function findingsOf(issues: readonly Issue[], value: unknown, schema: JsonSchema): Finding[] {
  const findings: Finding[] = [];
  for (const issue of issues) {
    if (findings.length >= maxFindings) break;
    findings.push(...explain(issue, [], value, schema));
  }
  return findings.slice(0, maxFindings);
}

function explain(issue: Issue, base: Path, value: unknown, schema: JsonSchema): Finding[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, maxFindings).map((key) => unknownKey(path, key, schema));
  if (issue.code === 'invalid_union') {
    const branch = meantBranch(issue.errors);
    if (branch !== undefined)
      return branch.slice(0, maxFindings).flatMap((inner) => explain(inner, path, value, schema));
  }
  if (issue.code === 'custom') return [{ path, message: issue.message }];
  return [mismatch(path, value, schema)];
}

/** The alternative of a union whose type the value has: its complaints are the ones that help. */
function meantBranch(branches: ReadonlyArray<readonly Issue[]>): readonly Issue[] | undefined {
  const wrongType = (issue: Issue) => issue.code === 'invalid_type' && issue.path.length === 0;
  return branches.find((issues) => issues.length > 0 && !issues.some(wrongType));
}

function unknownKey(path: Path, key: string, schema: JsonSchema): Finding {
  const keys = keysAt(schema, path);
  const meant = nearest(key, keys);
  return {
    path: [...path, key],
    atKey: true,
    message: `unknown key ${describeValue(key)}`,
    ...(keys.length === 0 ? {} : { allowed: keys.join(', ') }),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  };
}

function mismatch(path: Path, value: unknown, schema: JsonSchema): Finding {
  const found = valueAt(value, path);
  const allowed = allowedAt(schema, path);
  const meant = typeof found === 'string' ? nearest(found, choicesAt(schema, path)) : undefined;
  return {
    path,
    message: found === undefined ? `${describeValue(path.at(-1))} is missing` : `found ${describeValue(found)}`,
    ...(allowed === undefined ? {} : { allowed }),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  };
}

/** The value at a place; undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    return (at as Record<string | number, unknown>)[step];
  }, value);
}
