/** What commands that measure a lab have in common: options, reports, signals, the stored result. */
import { LabError } from '#lab/errors.js';
import { exitCodes } from '../result/exit-code.js';
import type { RunEvent } from '../result/events.js';
import type { Phase, RunResult } from '../result/result.js';
import { type Command, Option } from './commander.js';
import { commonWords, outputOf } from './output.js';
import { promiseList } from './promise-list.js';
import type { PromiseName } from '../declaration/promise.js';
import { addReportOption, type ReportFile, besideReports } from './report-files.js';
import { reportStore } from './report-folder.js';
import { tell } from './tell.js';
import { listenForInterruption } from './signals.js';
import { netlabVersion } from '../run/version.js';

export interface MeasurementFlags {
  readonly only?: readonly PromiseName[];
  readonly strict?: true;
  readonly out?: string;
  readonly report?: readonly ReportFile[];
}

/** What a measurement is given. */
export interface MeasurementOptions {
  readonly only?: readonly PromiseName[];
  readonly strict: boolean;
  /** For hints that give all of it again: see RunResult. */
  readonly options: readonly string[];
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

class InterruptedError extends LabError {
  readonly exitCode = exitCodes.interrupted;

  constructor({ message, remedy }: LabError) {
    super(message, remedy === undefined ? {} : { remedy });
  }
}

/** For one promise or two a machine may have room that has none for all of them. */
export const purposeOf = ({ only }: Pick<MeasurementFlags, 'only'>): 'build' | 'measure' =>
  only === undefined ? 'measure' : 'build';

/** What to measure, and what counts. */
export function addChoiceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--only <PROMISE,...>', 'measure only these promises; several with commas or by repeating').argParser(
        promiseList,
      ),
    )
    .option('--strict', 'promises that could not be verified count: exit code 4');
}

export function addMeasurementOptions(command: Command): Command {
  return addReportOption(
    addChoiceOptions(command).option(
      '--out <DIR>',
      'also store a report in every format: DIR/SCENARIO.json, .html, ...',
    ),
  );
}

/** As they were given, but for --strict, which a result has. */
function wordsOf({ only, out, report = [] }: MeasurementFlags): readonly string[] {
  return [
    ...(only === undefined ? [] : ['--only', only.join(',')]),
    ...(out === undefined ? [] : ['--out', out]),
    ...report.flatMap(({ format, file }) => ['--report', `${format}=${file}`]),
  ];
}

/** Runs a measurement with the reports that were asked for, and makes its exit code that of the process. */
export async function measure(
  command: Command,
  phases: readonly Phase['name'][],
  work: (options: MeasurementOptions) => Promise<RunResult>,
): Promise<void> {
  const flags = command.opts<MeasurementFlags>();
  const { only, strict, out, report = [] } = flags;
  const settings = besideReports(outputOf(command), report);
  const { chooseReporter } = await import('../report/choose.js');
  const { stderr } = process;
  const { screen: stdout } = settings;
  const store = await reportStore({ out, report });
  const reporter = chooseReporter({ netlabVersion, ...settings, stdout, stderr, phases });
  // Live progress shows the teardown itself, and a line between would stay behind when it is wiped off.
  const live = settings.format === 'human' && stdout.isTTY;
  const interruption = listenForInterruption((text) => live || tell(text));
  try {
    const { stop, kill } = interruption;
    const emit = (event: RunEvent): void => reporter.onEvent(event);
    const options = [...wordsOf(flags), ...commonWords(command)];
    const result = await work({
      ...(only === undefined ? {} : { only }),
      strict: strict === true,
      options,
      stop,
      kill,
      emit,
    });
    await reporter.onEnd(result);
    await store({ kind: 'run', result });
    process.exitCode = result.exitCode;
  } catch (error) {
    // A lab that does not answer any more is no failure of whom it keeps from stopping.
    if (!interruption.stop.aborted || !(error instanceof LabError)) throw error;
    throw new InterruptedError(error);
  } finally {
    interruption.release();
  }
}
