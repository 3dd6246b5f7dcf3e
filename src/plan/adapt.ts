/** What a strategy leaves to the machine: asked before the plan is made, so that a plan says all and a strategy stays pure. */
import type { Scenario } from '../scenario/scenario.js';
import type { Strategy } from '../strategy/contract.js';

/** Names of the capability probes on which the scenario's plan depends; none where it is the same on every machine. */
export function openQuestions(scenario: Scenario, strategy: Strategy): readonly string[] {
  const parsed = strategy.parameters.safeParse(scenario.strategy.parameters);
  // What is wrong with the parameters is told when the plan is made.
  return parsed.success ? (strategy.adaptation?.probes(parsed.data) ?? []) : [];
}

/**
 * The scenario with the machine's decisions filled in; the same one where there are none.
 * @param available those of {@link openQuestions} that the machine has
 */
export function adapted(scenario: Scenario, strategy: Strategy, available: ReadonlySet<string>): Scenario {
  const parsed = strategy.parameters.safeParse(scenario.strategy.parameters);
  const decisions = parsed.success ? (strategy.adaptation?.decide(parsed.data, available) ?? []) : [];
  if (decisions.length === 0) return scenario;
  const chosen = Object.fromEntries(decisions.map(({ parameter, value }) => [parameter, value]));
  const parameters = { ...scenario.strategy.parameters, ...chosen };
  return { ...scenario, strategy: { ...scenario.strategy, parameters, decided: decisions } };
}
