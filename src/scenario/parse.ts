/** From the text of a scenario file to a scenario: syntax, shape, strategy parameters and cross-field rules, all at once. */
import { namePattern, nameRule } from './checked-text.js';
import { findingsOf } from './issues.js';
import { unsupportedGroups } from './group-support.js';
import { type JsonSchema, type ScenarioStrategy, scenarioJsonSchema } from './json-schema.js';
import { normalise } from './normalise.js';
import { describeValue, type Finding, formatPath, type Problem, ScenarioError } from './problem.js';
import type { Rule } from './rule.js';
import { applyRules } from './rules.js';
import type { Scenario } from './scenario.js';
import { type ScenarioFile, scenarioFile } from './schema.js';
import { readStrategy } from './strategy-choice.js';
import { namingSetting, onUnderlay, type Variation, varied } from './variation.js';
import { type Place, readYaml, type YamlDocument } from './yaml-document.js';

export interface ParseOptions {
  /** File name for messages. */
  readonly file: string;
  /** Name of the scenario when the file gives none. */
  readonly defaultName: string;
  /** The strategies there are, by name. */
  readonly strategies: ReadonlyMap<string, ScenarioStrategy>;
  /** What is to be otherwise than the file says. */
  readonly variation?: Variation;
  /** Rules beside those of every scenario. */
  readonly more?: readonly Rule[];
  /** Is told what a variation had to leave out. */
  readonly onLeftOut?: (what: string) => void;
}

/**
 * Reads a scenario and fills in every default.
 * @throws ScenarioError with every problem that the text has; nothing else, whatever the text
 */
export function parseScenario(text: string, options: ParseOptions): Scenario {
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) throw ScenarioError.of(yaml.problems.map((one) => problemAt(options.file, one, one)));
  const { scenario, findings } = interpret(yaml.value, options);
  if (scenario === undefined || findings.length > 0) {
    const named = findings.map((one) => namingSetting(one, options.variation ?? {}));
    throw ScenarioError.of(place(named, yaml, options.file));
  }
  return scenario;
}

interface Interpretation {
  readonly scenario: Scenario | undefined;
  readonly findings: readonly Finding[];
}

function interpret(file: unknown, options: ParseOptions): Interpretation {
  if (file === null || file === undefined) return { scenario: undefined, findings: [emptyFile(options)] };
  const { variation = {} } = options;
  const value = varied(file, variation, options.onLeftOut ?? (() => undefined));
  const shape = checkShape(value, () => scenarioJsonSchema(options.strategies.values()));
  const strategy = readStrategy(value, options.strategies, shape.file === undefined ? 1 : hostCount(shape.file));
  const findings = [...shape.findings, ...strategy.findings];
  if (shape.file === undefined) return { scenario: undefined, findings };
  const scenario = onUnderlay(normalise(shape.file, options.defaultName, strategy.chosen), variation);
  const unnamed = shape.file.name === undefined ? checkDefaultName(options.defaultName) : [];
  const { addressing } = strategy;
  const broken =
    addressing === undefined
      ? []
      : [
          ...applyRules(scenario, addressing, options.more),
          ...unsupportedGroups(scenario, addressing, options.strategies),
        ];
  return { scenario, findings: [...findings, ...unnamed, ...broken] };
}

function hostCount({ cluster: { hosts } }: ScenarioFile): number {
  return typeof hosts === 'number' ? hosts : hosts.length;
}

/** The file with what is wrong left out, so that the rules can say what else is wrong; undefined when too much is. */
function checkShape(
  value: unknown,
  schema: () => JsonSchema,
): { readonly file?: ScenarioFile; readonly findings: Finding[] } {
  const result = scenarioFile.safeParse(value);
  if (result.success) return { file: result.data, findings: [] };
  const findings = findingsOf(result.error.issues, value, schema());
  const { data: file } = scenarioFile.safeParse(without(value, findings));
  return file === undefined ? { findings } : { file, findings };
}

/** A copy without the mapping entries that findings are about; list entries stay, so that positions do. */
function without(value: unknown, findings: readonly Finding[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const { path } of findings) {
    const [last, parents] = [path.at(-1), path.slice(0, -1)];
    const parent = parents.reduce<unknown>(
      (at, step) => (at as Record<string | number, unknown> | undefined)?.[step],
      copy,
    );
    if (typeof last === 'string' && typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last);
  }
  return copy;
}

function checkDefaultName(name: string): Finding[] {
  if (namePattern.test(name)) return [];
  const message = `the file's base name ${describeValue(name)} is no name for a scenario`;
  return [{ path: ['name'], message, allowed: nameRule, hint: 'give it another with name:' }];
}

function emptyFile({ strategies }: ParseOptions): Finding {
  const example = strategies.keys().next().value ?? 'bridge-l2';
  return { path: [], message: 'the file is empty', allowed: `at least a strategy, as in strategy: ${example}` };
}

function place(findings: readonly Finding[], yaml: YamlDocument, file: string): Problem[] {
  const problems = new Map<string, { problem: Problem; more: number }>();
  for (const finding of findings) {
    const where = yaml.locate(finding);
    const problem = problemAt(file, where, { ...finding, path: formatPath(finding.path) });
    const key = `${where.line}:${where.column} ${finding.rule ?? problem.message}`;
    const same = problems.get(key);
    if (same === undefined) problems.set(key, { problem, more: 0 });
    else if (same.problem.path !== problem.path) same.more += 1;
    else if (same.problem.message !== problem.message) problems.set(`${key} ${problem.message}`, { problem, more: 0 });
  }
  const told = [...problems.values()].map(({ problem, more }) => (more === 0 ? problem : withMore(problem, more)));
  return told.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function withMore(problem: Problem, more: number): Problem {
  return { ...problem, message: `${problem.message} (and ${more} more like it)` };
}

type Words = Omit<Problem, 'file' | 'line' | 'column' | 'path'> & { readonly path?: string };

function problemAt(file: string, { line, column }: Place, { path = '', message, allowed, hint }: Words): Problem {
  const rest = { ...(allowed === undefined ? {} : { allowed }), ...(hint === undefined ? {} : { hint }) };
  return { file, line, column, path, message, ...rest };
}
