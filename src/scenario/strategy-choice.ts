/** The strategy that a scenario names, with its parameters checked by the strategy's own schema. */
import { AddressError } from '../address/ip.js';
import type { Addressing } from '../cluster/addressing.js';
import { findingsOf, valueAt } from './issues.js';
import { type JsonSchema, keysAt, type ScenarioStrategy } from './json-schema.js';
import { nearest } from './nearest.js';
import { describeValue, type Finding } from './problem.js';
import type { Scenario } from './scenario.js';
import { inputSchema } from './schema.js';

export interface StrategyChoice {
  readonly chosen: Scenario['strategy'];
  /** The address scheme that they choose; absent unless the strategy exists and its parameters are right. */
  readonly addressing?: Addressing;
  readonly findings: readonly Finding[];
}

/**
 * @param value the whole scenario file; whether it has a strategy at all is the file schema's question
 * @param hosts how many the scenario has
 */
export function readStrategy(
  value: unknown,
  strategies: ReadonlyMap<string, ScenarioStrategy>,
  hosts: number,
): StrategyChoice {
  const written = valueAt(value, ['strategy']);
  const isName = typeof written === 'string';
  const name = isName ? written : valueAt(written, ['name']);
  if (typeof name !== 'string') return incomplete('', []);
  const strategy = strategies.get(name);
  if (strategy === undefined) return incomplete(name, [unknownStrategy(name, isName, [...strategies.keys()])]);
  return checkParameters(strategy, isName ? {} : parametersOf(written), hosts);
}

function checkParameters(strategy: ScenarioStrategy, written: Record<string, unknown>, hosts: number): StrategyChoice {
  const { name, parameters: schema } = strategy;
  const result = schema.safeParse(written);
  // Nothing written, nothing wrong: describing the schema in JSON costs more than checking it.
  const described = result.success && Object.keys(written).length === 0 ? {} : inputSchema(schema);
  const issues = result.success ? droppedKeys(written, described) : result.error.issues;
  const findings = findingsOf(issues, written, described).map(({ path, ...rest }) => {
    return { ...rest, path: ['strategy', ...path], otherwise: [['strategy']] };
  });
  if (!result.success || findings.length > 0) return incomplete(name, findings);
  return { chosen: { name, parameters: written }, ...readAddressing(strategy, result.data, hosts) };
}

function readAddressing(
  strategy: ScenarioStrategy,
  parameters: unknown,
  hosts: number,
): Pick<StrategyChoice, 'addressing' | 'findings'> {
  try {
    return { addressing: strategy.addressing(parameters, hosts), findings: [] };
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return { findings: [{ path: ['strategy', 'network'], otherwise: [['strategy']], message: error.message }] };
  }
}

/** A schema that is not strict drops what it does not know; a misspelt parameter must not vanish. */
function droppedKeys(written: Record<string, unknown>, described: JsonSchema) {
  const known = keysAt(described, []);
  const keys = known.length === 0 ? [] : Object.keys(written).filter((key) => !known.includes(key));
  return keys.length === 0 ? [] : [{ code: 'unrecognized_keys' as const, keys, path: [], message: '' }];
}

function parametersOf(written: unknown): Record<string, unknown> {
  const { name: _, ...parameters } = written as Record<string, unknown>;
  return parameters;
}

function incomplete(name: string, findings: readonly Finding[]): StrategyChoice {
  return { chosen: { name, parameters: {} }, findings };
}

function unknownStrategy(found: string, isName: boolean, names: readonly string[]): Finding {
  const meant = nearest(found, names);
  return {
    path: isName ? ['strategy'] : ['strategy', 'name'],
    message: `there is no strategy ${describeValue(found)}`,
    allowed: names.join(', '),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  };
}
