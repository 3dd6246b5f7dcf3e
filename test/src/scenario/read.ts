import { parseScenario } from '#src/scenario/parse.js';
import { formatProblem, type ScenarioError } from '#src/scenario/problem.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { strategies } from '#src/strategy/index.js';

/** Reads a scenario from text as if from test.yaml, with the real strategies. */
export function read(text: string): Scenario {
  return parseScenario(text, { file: 'test.yaml', defaultName: 'test', strategies });
}

/** The problems of a text, one line each; empty when it is a scenario. Other errors pass through. */
export function problemsOf(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if ((error as Error).name !== 'ScenarioError') throw error;
    return (error as ScenarioError).problems.map(formatProblem);
  }
}

/** A scenario with bridge-l2 and this below `cluster:`. */
export function cluster(yaml: string): string {
  return `strategy: bridge-l2\ncluster: ${yaml}\n`;
}
