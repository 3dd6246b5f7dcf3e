/** From the name of a scenario to a plan. */
import { LabError } from '#lab/errors.js';
import { roomHere } from '#lab/room.js';
import type { Plan } from '../plan/plan.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Variation } from '../scenario/variation.js';
import type { Strategy } from '../strategy/contract.js';
import { givenWords } from './given.js';
import { tell } from './tell.js';

export interface PlannedScenario {
  readonly plan: Plan;
  /** Absolute path of the scenario's file. */
  readonly file: string;
  /** How it was given: see RunResult. */
  readonly given: readonly string[];
}

/**
 * Reads a scenario and plans it; nothing is built. What it needs is loaded only now: half of it is a YAML parser and a
 * schema checker, which other commands do without.
 * @param variation what is to be otherwise than the scenario says
 * @param purpose what is to be built must fit into this machine, and with `measure` also what checks build beside it: that is
 *   asked before it is planned
 * @throws ScenarioError when there is none, or with every problem that it has
 */
export async function planScenario(
  nameOrPath: string,
  variation: Variation = {},
  purpose: 'show' | 'build' | 'measure' = 'show',
): Promise<PlannedScenario> {
  const [{ loadScenario }, { fitsInto }, { strategies, findStrategy }, { makePlan }] = await Promise.all([
    import('../scenario/load.js'),
    import('../scenario/size.js'),
    import('../strategy/index.js'),
    import('../plan/make-plan.js'),
  ]);
  const onLeftOut = (what: string): void => tell(`${nameOrPath}: not in so small a cluster, and left out: ${what}`);
  const more = purpose === 'show' ? [] : [fitsInto(roomHere(), purpose)];
  const options = { cwd: process.cwd(), strategies, variation, more, onLeftOut };
  const { scenario, file } = await loadScenario(nameOrPath, options);
  try {
    const strategy = findStrategy(scenario.strategy.name);
    const plan = makePlan(await decided(scenario, strategy), strategy);
    if (scenario.faults !== undefined) await demandFaults(plan);
    return { plan, file, given: givenWords(nameOrPath, variation) };
  } catch (error) {
    throw await refusedScenario(error, file);
  }
}

/** @throws LabError for interfaces and services that only the plan knows not to be there */
async function demandFaults(plan: Plan): Promise<void> {
  const [{ faultOf }, { clash }] = await Promise.all([import('../faults/index.js'), import('../faults/clash.js')]);
  const faults = plan.scenario.faults ?? [];
  for (const [index, spec] of faults.entries()) {
    const problem = faultOf(spec).problem(spec, plan) ?? clash(spec, faults.slice(0, index), plan);
    if (problem === undefined) continue;
    const remedy = problem.remedy === undefined ? {} : { remedy: problem.remedy };
    throw new LabError(`faults[${index}].${spec.fault}: ${problem.message}`, remedy);
  }
}

/** The scenario with what its strategy leaves to the machine decided, by trying what this machine can do. */
async function decided(scenario: Scenario, strategy: Strategy): Promise<Scenario> {
  if (strategy.adaptation === undefined) return scenario;
  const { adapted, openQuestions } = await import('../plan/adapt.js');
  const questions = openQuestions(scenario, strategy);
  if (questions.length === 0) return scenario;
  const { availableOf, probe } = await import('#lab/capabilities.js');
  return adapted(scenario, strategy, availableOf(await probe(questions)));
}

/** What a strategy refuses is wrong in the scenario; a plan that contradicts itself is netlab's own fault. */
async function refusedScenario(refusal: unknown, file: string): Promise<unknown> {
  const [{ PlanError }, { ScenarioError }] = await Promise.all([
    import('../plan/problem.js'),
    import('../scenario/problem.js'),
  ]);
  if (!(refusal instanceof LabError) || refusal instanceof PlanError) return refusal;
  const remedy = refusal.remedy === undefined ? {} : { remedy: refusal.remedy };
  return new ScenarioError(`${file}: ${refusal.message}`, [], remedy);
}
