import type { Broken, Mended } from '../../inside/requests.js';
import { asCalled } from '../../report/command-name.js';
import { writeText } from '../../report/output.js';
import { marks, paint, type Style } from '../../report/style.js';
import { hang } from '../../report/text.js';
import { waitLines } from '../../report/waits.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { demandLab } from '../running-lab.js';
import { listener } from '../tell.js';
import { UsageError } from '../usage-error.js';

export function mendCommand(): Command {
  const command = define({
    name: 'mend',
    summary: 'undo what was broken on purpose',
    description:
      'Undoes what netlab break or the faults of a scenario have broken, the last one first, and looks whether it is ' +
      'gone. What the kernel took with it (addresses, routes, neighbours, MTUs, sysctls of interfaces, leases) is put ' +
      'back as it was before the fault; what cannot be, or not while other faults are there, is told. A host that had ' +
      'crashed boots again, with the faults that are left. What nodes have learned meanwhile is forgotten.',
    machine: 'json',
    examples: [
      ['netlab mend look', 'everything'],
      ['netlab mend look link-down h1:eth1', 'one fault, as it was broken'],
    ],
  });
  return command
    .argument('<LAB>', 'name of a running lab: see netlab ps')
    .argument('[FAULT]', 'what is to be mended; everything when absent')
    .argument('[ARGUMENT...]', 'which of several: as it was broken')
    .action(async (lab: string, fault: string | undefined, words: readonly string[]) => {
      demandLab(lab);
      const chosen = fault === undefined ? undefined : await chosenFaults(lab, [fault, ...words].join(' '));
      const { mendLab } = await import('../../labs/break.js');
      const mended = await mendLab(lab, chosen, waitLines(listener()));
      const { format, style } = outputOf(command);
      const text = format === 'json' ? JSON.stringify(mended, null, 2) : linesOf(mended, lab, style).join('\n');
      await writeText(process.stdout, `${text}\n`);
    });
}

/** Those that begin with these words. @throws UsageError when there is none */
async function chosenFaults(lab: string, words: string): Promise<readonly string[]> {
  const { describeLab } = await import('../../labs/inspect.js');
  const { broken } = await describeLab(lab);
  const chosen = broken.map(({ fault }) => fault).filter((fault) => `${fault} `.startsWith(`${words} `));
  if (chosen.length > 0) return chosen;
  throw new UsageError(`lab ${lab} has no fault ${JSON.stringify(words)}`, { remedy: remedyOf(broken) });
}

function remedyOf(broken: readonly Broken[]): string {
  return broken.length === 0 ? 'Nothing is broken.' : `Broken is: ${broken.map(({ fault }) => fault).join('; ')}`;
}

function linesOf(mended: readonly Mended[], lab: string, style: Style): readonly string[] {
  if (mended.length === 0) return ['nothing was broken on purpose'];
  const lines = mended.flatMap(({ fault, seen, lost, pending }) => {
    const [first = '', ...rest] = hang('  ', `${fault} is mended: ${seen}`, style.width);
    const told = [
      ...lost.map((words) => `could not be put back: ${words}`),
      ...pending.map(({ what, why, faults }) =>
        [`not back yet: ${what}`, why, `still there: ${faults.join(', ')}`].filter(Boolean).join('; '),
      ),
    ];
    const notBack = told.flatMap((words) => hang('  ', words, style.width));
    return [`${paint(style, 'good', marks(style).good)} ${first.slice(2)}`, ...rest, ...notBack];
  });
  const isPending = mended.some(({ pending }) => pending.length > 0);
  return isPending ? [...lines, asCalled(`mend what is left: netlab mend ${lab}`, style.command)] : lines;
}
