import { LabError } from '#lab/errors.js';
import { listEntries } from '#lab/registry.js';
import { writeText } from '../../report/output.js';
import { othersLines } from '../../report/conclusion.js';
import { marks, paint, printable, type Style } from '../../report/style.js';
import { formatDuration, hang } from '../../report/text.js';
import { exitCodes, isClean } from '../../result/exit-code.js';
import type { DownReport } from '../../labs/down.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { type OutputSettings, outputOf } from '../output.js';
import { demandLab } from '../running-lab.js';
import { UsageError } from '../usage-error.js';

interface Ended extends DownReport {
  readonly name: string;
}

export function downCommand(): Command {
  const command = define({
    name: 'down',
    summary: 'end running labs and prove that nothing is left',
    description:
      'Ends running labs, and looks until nothing is left of them and the machine is as it was right before. ' +
      'Exit code 3 when something is left, with what it is. A lab that has ended by itself is cleaned up after.',
    machine: 'json',
    examples: [
      ['netlab down look', 'one lab'],
      ['netlab down --all', 'every lab of this user'],
    ],
  });
  return command
    .argument('[LAB...]', 'names of running labs: see netlab ps')
    .option('--all', 'every running lab of this user')
    .action(async (labs: readonly string[], { all }: { readonly all?: true }) => {
      const settings = outputOf(command);
      const names = all === true ? everyLab(labs) : namedLabs(labs);
      await end(names, settings);
    });
}

function everyLab(named: readonly string[]): readonly string[] {
  if (named.length > 0) throw new UsageError('names and --all exclude each other');
  return listEntries().map(({ name }) => name);
}

function namedLabs(named: readonly string[]): readonly string[] {
  if (named.length === 0)
    throw new UsageError('no lab is named', { remedy: 'name one of those listed by netlab ps, or give --all' });
  const known = listEntries().map(({ name }) => name);
  for (const name of named) if (!known.includes(name)) demandLab(name);
  return [...new Set(named)];
}

/** One after the other: what one has left behind must not be taken for another's. */
async function end(names: readonly string[], { format, style }: OutputSettings): Promise<void> {
  const { downLab } = await import('../../labs/down.js');
  const ended: Ended[] = [];
  const failures: Error[] = [];
  for (const name of names) {
    try {
      const lab = { name, ...(await downLab(name)) };
      ended.push(lab);
      if (format === 'human') await writeText(process.stdout, `${goodbye(lab, style).join('\n')}\n`);
    } catch (error) {
      // The others still end; then it is told.
      failures.push(new LabError(`lab ${name}: ${(error as Error).message}`, { cause: error }));
    }
  }
  if (format === 'json') await writeText(process.stdout, `${JSON.stringify(ended, null, 2)}\n`);
  if (names.length === 0 && format === 'human') await writeText(process.stdout, 'no lab is running\n');
  if (!ended.every(({ leaks }) => isClean(leaks))) process.exitCode = exitCodes.failed;
  if (failures.length > 0)
    throw new LabError(failures.map(({ message }) => message).join('\n'), { cause: failures[0] });
}

function goodbye(ended: Ended, style: Style): readonly string[] {
  const before = ended.endedBefore?.split('\n').map(printable) ?? [];
  return [...before, ...proofLines(ended, style)];
}

function proofLines(ended: Ended, style: Style): readonly string[] {
  return [...verdictLines(ended, style), ...othersLines(ended.leaks, style).map(printable)];
}

function verdictLines({ name, leaks }: Ended, style: Style): readonly string[] {
  const { compared, leftovers, machineChanges, waitedMs } = leaks;
  if (isClean(leaks)) {
    const [first = '', ...rest] = hang(
      '  ',
      `lab ${name} is gone; nothing is left of it, and of the machine nothing has changed, in: ${compared.join(', ')}; files that commands wrote were not compared`,
      style.width,
    );
    return [`${paint(style, 'good', marks(style).good)} ${first.slice(2)}`, ...rest];
  }
  const lines = [
    ...leftovers.map((what) => `left behind: ${what}`),
    ...machineChanges.map((what) => `the machine changed: ${what}`),
    ...(leaks.verified ? [] : ['it could not be verified that nothing is left']),
  ];
  const title = `${marks(style).bad} lab ${name} is not gone without a trace after ${formatDuration(waitedMs)}`;
  return [paint(style, 'bad', title), ...lines.flatMap((line) => hang('  ', printable(line), style.width))];
}
