import type { Command } from '../commander.js';
import { define } from '../define.js';
import { addMeasurementOptions, measure, type MeasurementFlags, purposeOf } from '../measurement.js';
import { providePrograms } from '../machine-programs.js';
import { outputOf } from '../output.js';
import { planScenario } from '../plan-source.js';
import { addVariationOptions, type VariationFlags, variationOf } from '../variation-options.js';
import type { Plan } from '../../plan/plan.js';
import type { Phase } from '../../result/result.js';

export function runCommand(): Command {
  const command = define({
    name: 'run',
    summary: 'build it, measure every promise, take it down',
    description:
      'Builds the cluster of a scenario on this machine, measures every promise of its strategy, takes it down and proves that nothing is left. ' +
      "The machine's own network is not touched. Ctrl-C stops it: the lab is taken down and what was measured is reported.",
    machine: 'json and events',
    examples: [
      ['netlab run bridge-l2', 'one flat network of bridges: does it keep its promises?'],
      ['netlab run ./my-cluster.yaml --only path-mtu,no-nat', 'a scenario of your own, and two promises of it'],
      ['netlab run bridge-l2 --strict --json > result.json', 'in CI: the exit code is the gate'],
    ],
  }).argument(
    '<SCENARIO>',
    'name of a scenario in ./scenarios or of netlab itself, or the path of a file; - is standard input',
  );
  return addMeasurementOptions(addVariationOptions(command)).action(async (scenario: string) => {
    const flags = command.opts<VariationFlags & MeasurementFlags>();
    const { plan, given } = await planScenario(scenario, await variationOf(flags), purposeOf(flags));
    await providePrograms(outputOf(command).mayInstall);
    const { runPlan } = await import('../../run/run.js');
    await measure(command, phasesOf(plan), (options) => runPlan(plan, { ...options, given }));
  });
}

function phasesOf({ convergence, scenario }: Plan): readonly Phase['name'][] {
  return [
    'sandbox',
    'build',
    ...(convergence === undefined ? [] : ['converge' as const]),
    ...(scenario.faults === undefined ? [] : ['break' as const]),
    'verify',
    'teardown',
  ];
}
