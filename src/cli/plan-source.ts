/** From the name of a scenario to a plan. */
import { LabError } from '#lab/errors.js';
import type { Plan } from '../plan/plan.js';

export interface PlannedScenario {
  readonly plan: Plan;
  /** Absolute path of the scenario's file. */
  readonly file: string;
}

/**
 * Reads a scenario and plans it; nothing is built. What it needs is loaded only now: half of it is a YAML parser and a
 * schema checker, which other commands do without.
 * @throws ScenarioError when there is none, or with every problem that it has
 */
export async function planScenario(nameOrPath: string): Promise<PlannedScenario> {
  const [{ loadScenario }, { strategies, findStrategy }, { makePlan }] = await Promise.all([
    import('../scenario/load.js'),
    import('../strategy/index.js'),
    import('../plan/make-plan.js'),
  ]);
  const { scenario, file } = await loadScenario(nameOrPath, { cwd: process.cwd(), strategies });
  try {
    return { plan: makePlan(scenario, findStrategy(scenario.strategy.name)), file };
  } catch (error) {
    throw await refusedScenario(error, file);
  }
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
