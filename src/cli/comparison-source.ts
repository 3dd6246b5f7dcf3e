/** From the names on the command line to the columns of a comparison. */
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LabError } from '#lab/errors.js';
import type { Entry } from '../compare/compare.js';
import type { UnderlayKind } from '../scenario/scenario.js';
import type { Variation } from '../scenario/variation.js';
import { describeValue } from '../scenario/problem.js';
import { planScenario } from './plan-source.js';
import { tell } from './tell.js';
import { UsageError } from './usage-error.js';

/**
 * Plans a column for each scenario, or for each scenario on each underlay.
 * @param names scenarios as the user names them; every scenario of the package that is named like a strategy when empty
 * @param underlays those that each scenario is measured on; its own when empty
 * @param cluster what is to be otherwise than each scenario says
 * @param purpose see planScenario
 * @throws UsageError with what is wrong in all of them
 */
export async function planEntries(
  names: readonly string[],
  underlays: readonly UnderlayKind[],
  cluster: Variation,
  purpose: 'build' | 'measure' = 'build',
): Promise<readonly Entry[]> {
  const scenarios = names.length > 0 ? onceEach(names) : await packageScenarios();
  const variations = underlays.length === 0 ? [cluster] : underlays.map((underlay) => ({ underlay, ...cluster }));
  const planning = scenarios.flatMap((scenario) =>
    variations.map((variation) => entryOf(scenario, variation, purpose)),
  );
  const planned = await Promise.allSettled(planning);
  const refused = planned.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (refused.length > 0) throw allOf(refused);
  const entries = planned.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  demandDifferentNames(entries);
  return entries;
}

/** What is given twice is measured once, which is told. */
function onceEach(names: readonly string[]): readonly string[] {
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  for (const name of twice) tell(`${describeValue(name)} is named more than once, and measured once`);
  return [...new Set(names)];
}

async function entryOf(scenario: string, variation: Variation, purpose: 'build' | 'measure'): Promise<Entry> {
  const { plan, given } = await planScenario(scenario, variation, purpose);
  const { underlay } = variation;
  return { name: underlay === undefined ? plan.scenario.name : `${plan.scenario.name}@${underlay}`, plan, given };
}

/** A name; the path where a scenario of ./scenarios has the same one, and comes first therefore. */
async function packageScenarios(): Promise<readonly string[]> {
  const [{ packageScenariosDirectory }, { strategies }] = await Promise.all([
    import('../scenario/load.js'),
    import('../strategy/index.js'),
  ]);
  const files = [...strategies.keys()].map((name) => join(packageScenariosDirectory(), `${name}.yaml`));
  const named = files.map(async (file) => {
    if (!(await isThere(file))) return [];
    const name = basename(file, '.yaml');
    return [(await isThere(join('scenarios', basename(file)))) ? file : name];
  });
  return (await Promise.all(named)).flat();
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** One error as it is; several as one. Errors that nobody expects come before all. */
function allOf(errors: readonly unknown[]): unknown {
  const [first] = errors;
  const unexpected = errors.find((error) => !(error instanceof LabError));
  if (unexpected !== undefined || errors.length === 1) return unexpected ?? first;
  const messages = [...new Set(errors.flatMap((error) => (error instanceof LabError ? [error.message] : [])))];
  return new UsageError(messages.join('\n'));
}

function demandDifferentNames(entries: readonly Entry[]): void {
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(`two scenarios have the name ${JSON.stringify(twice)}`, {
    remedy: 'give one of them another name: in its file',
  });
}
