import { type LabEntry, listLabs } from '#lab/registry.js';
import { asCalled } from '../../report/command-name.js';
import { writeText } from '../../report/output.js';
import type { Style } from '../../report/style.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { tellOfEnded } from '../running-lab.js';

export function psCommand(): Command {
  const command = define({
    name: 'ps',
    summary: 'list running labs',
    description:
      'Lists the running labs of this user. Those that have ended by themselves are told of on stderr and removed from the list.',
    machine: 'json',
    examples: [
      ['netlab ps', 'which labs are running?'],
      ['netlab ps --json', 'the same for a program'],
    ],
  });
  return command.action(async () => {
    const { format, style } = outputOf(command);
    tellOfEnded();
    const labs = listLabs();
    const text = format === 'json' ? `${JSON.stringify(labs, null, 2)}\n` : await render(labs, style);
    await writeText(process.stdout, text);
  });
}

async function render(labs: readonly LabEntry[], style: Style): Promise<string> {
  if (labs.length === 0)
    return `no lab is running; start one: ${asCalled('netlab up SCENARIO --name NAME', style.command)}\n`;
  const { renderTable } = await import('../../report/table.js');
  const columns = [
    { header: 'Lab' },
    { header: 'Scenario' },
    { header: 'Strategy' },
    { header: 'Hosts', align: 'right' as const },
    { header: 'Containers', align: 'right' as const },
    { header: 'State' },
    { header: 'Since' },
  ];
  const rows = labs.map((lab) => [
    lab.name,
    lab.scenario,
    lab.strategy,
    String(lab.hosts),
    String(lab.containers),
    lab.state,
    localTime(new Date(lab.startedAt)),
  ]);
  return `${renderTable(columns, rows, style)}\n`;
}

/** `2026-11-21 03:22:10` where the user is. */
function localTime(time: Date): string {
  return time.toLocaleString('sv-SE');
}
