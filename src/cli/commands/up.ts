import type { LabEntry } from '#lab/registry.js';
import type { Plan } from '../../plan/plan.js';
import { asCalled } from '../../report/command-name.js';
import { writeText } from '../../report/output.js';
import { marks, paint, printable, type Style } from '../../report/style.js';
import { count } from '../../report/text.js';
import { waitLines } from '../../report/waits.js';
import type { RunEvent } from '../../result/events.js';
import { exitCodes } from '../../result/exit-code.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { providePrograms } from '../machine-programs.js';
import { type OutputSettings, outputOf } from '../output.js';
import { planScenario } from '../plan-source.js';
import { demandLabName, tellOfEnded } from '../running-lab.js';
import { listenForInterruption } from '../signals.js';
import { listener } from '../tell.js';
import { addVariationOptions, type VariationFlags, variationOf } from '../variation-options.js';

interface Flags extends VariationFlags {
  readonly name?: string;
}

export function upCommand(): Command {
  const command = define({
    name: 'up',
    summary: 'build the network and keep it running',
    description:
      'Builds the cluster of a scenario and keeps it running under a name, until netlab down. ' +
      'exec, shell, capture, inspect and verify find it by that name.',
    machine: 'json',
    examples: [
      ['netlab up bridge-l2 --name look', 'a lab to look around in'],
      ['netlab exec look h1 -- ip link set eth1 mtu 1400 && netlab verify look', 'break something and measure again'],
    ],
  });
  return addVariationOptions(command)
    .argument(
      '<SCENARIO>',
      'name of a scenario in ./scenarios or of netlab itself, or the path of a file; - is standard input',
    )
    .option('--name <NAME>', "the lab's name; by default the scenario's")
    .action(async (scenario: string, { name, ...flags }: Flags) => {
      const settings = outputOf(command);
      if (name !== undefined) demandLabName(name);
      const { plan } = await planScenario(scenario, await variationOf(flags), 'build');
      await providePrograms(settings.mayInstall);
      tellOfEnded();
      await start(plan, name ?? plan.scenario.name, settings);
    });
}

async function start(plan: Plan, name: string, { format, style }: OutputSettings): Promise<void> {
  const { upLab } = await import('../../labs/up.js');
  const interruption = listenForInterruption((text) => process.stderr.write(`${wipe()}netlab: ${text}\n`));
  try {
    const { stop } = interruption;
    const entry = await upLab(plan, {
      name,
      stop,
      emit: process.stderr.isTTY && format === 'human' ? showProgress : waitLines(listener()),
    });
    const text = format === 'json' ? `${JSON.stringify(entry, null, 2)}\n` : welcome(entry, plan, style);
    await writeText(process.stdout, text);
  } catch (error) {
    if (!interruption.stop.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interruption.release();
  }
}

/** Takes the progress off a terminal's line. */
const wipe = (): string => (process.stderr.isTTY ? '\r\u001b[K' : '');

const show = (text: string): void => void process.stderr.write(`${wipe()}${text}`);

/** One line that is written over, and wiped off in the end; small labs are up before anybody reads it. */
function showProgress(event: RunEvent): void {
  if (event.type === 'waiting') show(printable(`waiting for ${event.text}`));
  if (event.type === 'waiting-ended') show('');
  if (event.type !== 'build-progress') return;
  const { done, total } = event;
  show(done === total ? '' : `building: ${done} of ${total} nodes`);
}

function welcome({ name, hosts, containers }: LabEntry, plan: Plan, style: Style): string {
  const facts = `${count(hosts, 'host')}, ${count(containers, 'container')}, strategy ${plan.strategy.name}`;
  const node = plan.endpoints.find(({ role }) => role === 'container')?.node ?? plan.nodes[0]?.name ?? 'h1';
  const steps = [`netlab exec ${name} ${node} -- ip address`, `netlab verify ${name}`, `netlab down ${name}`];
  const title = `${paint(style, 'good', marks(style).good)} lab ${paint(style, 'strong', name)} is up: ${facts}`;
  return [title, '', ...steps.map((step) => `  ${asCalled(step, style.command)}`), ''].join('\n');
}
