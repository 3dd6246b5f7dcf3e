import { Refusal } from '#lab/errors.js';
import { asCalled } from '../../report/command-name.js';
import { fitText } from '../../report/fit.js';
import { writeText } from '../../report/output.js';
import { marks, paint, type Style } from '../../report/style.js';
import { hang } from '../../report/text.js';
import { waitLines } from '../../report/waits.js';
import type { Broken } from '../../inside/requests.js';
import { faults } from '../../faults/index.js';
import { faultNames, type FaultSpec, usageOf } from '../../scenario/fault.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { demandLab } from '../running-lab.js';
import { roomOf } from '../style.js';
import { listener } from '../tell.js';
import { UsageError } from '../usage-error.js';

export function breakCommand(): Command {
  const command = define({
    name: 'break',
    summary: 'break something in it on purpose',
    description:
      'Breaks something in a running lab, and looks whether it took effect. It stays broken until netlab mend; netlab ' +
      'verify shows which promises hold meanwhile. Without a fault: what is broken now.',
    machine: 'json',
    examples: [
      ['netlab break look link-down h1:eth1', 'pull out a cable'],
      ['netlab break look host-crash h2', 'a host and its containers lose their power'],
      ['netlab break look partition h1 h2,h3', 'the switches keep h1 from h2 and h3'],
      ['netlab break look loss h1:eth1 20 in', 'a fifth of what comes in by h1:eth1 is lost'],
      ['netlab break look', 'what is broken now?'],
    ],
  });
  return command
    .argument('<LAB>', 'name of a running lab: see netlab ps')
    .argument('[FAULT]', 'what is to break')
    .argument('[ARGUMENT...]', 'where, and how much')
    .addHelpText('after', faultHelp)
    .action(async (lab: string, fault: string | undefined, words: readonly string[]) => {
      demandLab(lab);
      const list = fault === undefined;
      const now = list ? await brokenIn(lab) : [await breakOne(lab, [fault, ...words])];
      const { format, style } = outputOf(command);
      if (format === 'json') await writeText(process.stdout, `${JSON.stringify(list ? now : now[0], null, 2)}\n`);
      else await writeText(process.stdout, `${(list ? listed(now, lab, style) : told(now, lab, style)).join('\n')}\n`);
    });
}

async function brokenIn(lab: string): Promise<readonly Broken[]> {
  const { describeLab } = await import('../../labs/inspect.js');
  return (await describeLab(lab)).broken;
}

/** The lab alone knows what it is now: another command may break or mend something at this moment. */
async function breakOne(lab: string, words: readonly string[]): Promise<Broken> {
  const spec = await readSpec(words);
  const { breakLab } = await import('../../labs/break.js');
  try {
    return await breakLab(lab, spec, waitLines(listener()));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { forLab } = await import('../../faults/mend-first.js');
    throw new UsageError(error.message, error.remedy === undefined ? {} : { remedy: forLab(error.remedy, lab) });
  }
}

async function readSpec(words: readonly string[]): Promise<FaultSpec> {
  const { readFault } = await import('../../scenario/fault-words.js');
  const read = readFault(words);
  if ('spec' in read) return read.spec;
  throw new UsageError(read.problem, { remedy: read.remedy });
}

function told(broken: readonly Broken[], lab: string, style: Style): readonly string[] {
  return [
    ...broken.flatMap((one) => lineOf(one, style)),
    asCalled(`measure it: netlab verify ${lab}`, style.command),
    undoLine(lab, style),
  ];
}

function listed(broken: readonly Broken[], lab: string, style: Style): readonly string[] {
  if (broken.length === 0) return [`${paint(style, 'good', marks(style).good)} nothing is broken on purpose`];
  return [...broken.flatMap((one) => lineOf(one, style)), undoLine(lab, style)];
}

const undoLine = (lab: string, style: Style): string => asCalled(`undo it: netlab mend ${lab}`, style.command);

/** A fault that is there, as lists show it: broken as was asked for, which is no failure of netlab's. */
export function lineOf({ fault, seen }: Pick<Broken, 'fault' | 'seen'>, style: Style): readonly string[] {
  const [first = '', ...rest] = hang('  ', `${fault}: ${seen}`, style.width);
  return [`${paint(style, 'warn', marks(style).extra)} ${first.slice(2)}`, ...rest];
}

function faultHelp(): string {
  const lines = faultNames.map((name) => `  ${usageOf(name)}\n      ${faults[name].title}`);
  return fitText(['', 'Faults:', ...lines].join('\n'), roomOf(process.stdout));
}
