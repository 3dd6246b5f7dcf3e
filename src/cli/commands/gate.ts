import { type DifferenceFormat, differenceFormats, renderDifferenceFile } from '../../report/bench-formats.js';
import { writeText } from '../../report/output.js';
import type { BenchResult } from '../../result/bench.js';
import type { BenchDifference } from '../../result/bench-difference.js';
import { exitCodeMeaning, exitCodes } from '../../result/exit-code.js';
import { addBudgetOptions, type BenchFlags, benchWithProgress } from '../bench-options.js';
import { benchSubjects, readBench } from '../bench-source.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { describeValue } from '../../scenario/problem.js';
import { outputOf, type OutputSettings } from '../output.js';
import { demandPlaces } from '../places.js';
import { demandOneInput, inputName } from '../read-text.js';
import { addReportOption, besideReports, type ReportFile, writeEach } from '../report-files.js';
import { tell } from '../tell.js';
import { UsageError } from '../usage-error.js';
import { lasting } from '../given.js';
import { variationOf } from '../variation-options.js';

interface Flags extends BenchFlags {
  readonly baseline: string;
  readonly result?: string;
  readonly report?: readonly ReportFile<DifferenceFormat>[];
}

export function gateCommand(): Command {
  const command = define({
    name: 'gate',
    summary: 'measure again, and compare with a stored benchmark',
    description:
      'Measures what a stored benchmark measured, in the same way, and compares the ratios to the wire, never absolute ' +
      'figures. Exit code 0 when nothing is worse, 1 when something is, 4 when something could not be judged: too few ' +
      'rounds on either side, or a noisy machine.',
    machine: 'json',
    examples: [
      ['netlab gate --baseline baseline.json --budget 3m', 'in CI: has it become slower?'],
      ['netlab gate --baseline baseline.json --report junit=gate.xml', 'each comparison as a test case'],
      ['netlab bench vxlan --budget 3m --json > baseline.json', 'where the baseline comes from'],
      ['netlab gate --baseline baseline.json --result now.json', 'judge a benchmark that is there already'],
    ],
  }).argument('[SCENARIO...]', 'what to measure; what the baseline measured when absent');
  addBudgetOptions(command)
    .requiredOption('--baseline <FILE>', 'a stored benchmark; - is standard input')
    .option('--result <FILE>', 'measure nothing; compare this stored benchmark');
  addReportOption(command, differenceFormats);
  return command.action(async (names: readonly string[]) => {
    const flags = command.opts<Flags>();
    await gate(names, flags, besideReports(outputOf(command), flags.report ?? []));
  });
}

async function gate(names: readonly string[], flags: Flags, settings: OutputSettings): Promise<void> {
  demandOneInput([flags.baseline, flags.result ?? '']);
  const baseline = await readBench(flags.baseline);
  if (flags.result !== undefined && names.length > 0)
    throw new UsageError('--result is a benchmark that is there already: nothing is left to measure');
  await demandPlaces({ files: (flags.report ?? []).map(({ file }) => file) });
  const result =
    flags.result === undefined ? await measureAgain(names, baseline, flags, settings) : await readBench(flags.result);
  const { differenceOf } = await import('../../bench/difference.js');
  const difference = differenceOf(baseline, result);
  await printDifference(difference, settings);
  await writeEach(flags.report ?? [], (format) => renderDifferenceFile(format, difference));
  const failed = result.exitCode === exitCodes.failed || result.exitCode === exitCodes.interrupted;
  if (failed && result.failure !== undefined) tell(result.failure.message);
  process.exitCode = failed ? result.exitCode : difference.exitCode;
  if (settings.format === 'human') await printSentence(process.exitCode, failed, difference, settings);
}

/** A benchmark that failed has its own meaning, whatever could be compared of it. */
async function printSentence(
  exitCode: number,
  failed: boolean,
  { cells }: BenchDifference,
  { screen }: OutputSettings,
): Promise<void> {
  const { gateSentence } = await import('../../report/bench-text.js');
  await writeText(screen, `exit ${exitCode}: ${failed ? exitCodeMeaning(exitCode) : gateSentence(cells)}\n`);
}

async function measureAgain(
  names: readonly string[],
  baseline: BenchResult,
  flags: Flags,
  settings: OutputSettings,
): Promise<BenchResult> {
  const { instruments, pairs, passes, udpRateBitsPerSecond, hosts, containers = null, set = [] } = baseline.settings;
  const subjects = await benchSubjects(
    names.length === 0 ? await namesOf(baseline, flags) : names,
    await variationOf({ ...(hosts === null ? {} : { hosts }), ...(containers === null ? {} : { containers }), set }),
  );
  const choice = {
    instruments,
    pairs,
    passes,
    optionalPasses: [],
    udpRateBitsPerSecond,
    variation: { scenarios: names.map(lasting), hosts, containers, set },
  };
  return await benchWithProgress(subjects, choice, flags, settings);
}

/**
 * What was measured, found by name in ./scenarios or in netlab: a stored document may say anything, and is not
 * believed where a file lies.
 * @throws UsageError when a name is none
 */
async function namesOf({ targets }: BenchResult, { baseline }: Flags): Promise<readonly string[]> {
  const { scenarioNames } = await import('../../scenario/load.js');
  const names = targets.filter(({ role }) => role === 'subject').map(({ name }) => name);
  const known = await scenarioNames({ cwd: process.cwd() });
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(
    `${inputName(baseline)}: there is no scenario ${describeValue(unknown)} in ./scenarios or in netlab`,
    {
      remedy: 'Name what is to be measured on the command line: a path works there.',
    },
  );
}

export async function printDifference(
  difference: BenchDifference,
  { format, screen, style }: OutputSettings,
): Promise<void> {
  if (format === 'json') return await writeText(process.stdout, `${JSON.stringify(difference, null, 2)}\n`);
  const { renderDifference } = await import('../../report/bench-terminal.js');
  await writeText(screen, renderDifference(difference, style));
}
