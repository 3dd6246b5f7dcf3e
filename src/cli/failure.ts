/** How a command that fails says so: one clear message, what to do about it, and the exit code. */
import { LabError } from '#lab/errors.js';
import { isDiskTrouble, storageError } from '#lab/storage.js';
import { asCalled } from '../report/command-name.js';
import { paint, printable, type Style } from '../report/style.js';
import { fitText, type Room } from '../report/fit.js';
import { hang } from '../report/text.js';
import { exitCodes } from '../result/exit-code.js';
import { CommanderError } from './commander.js';
import { UsageError } from './usage-error.js';

export interface Failure {
  /** For stderr, ending in a newline; empty when all has been said. */
  readonly text: string;
  readonly exitCode: number;
}

interface FailureContext {
  readonly verbose: boolean;
  /** How to write to stderr. */
  readonly style: Style;
}

/** An error as the user sees it: expected ones without a stack trace, others with one. */
export function failureOf(error: unknown, context: FailureContext): Failure {
  if (error instanceof CommanderError) return commandLineFailure(error, context);
  if (error instanceof LabError) return expectedFailure(error, context);
  if (isFolderGone(error)) return expectedFailure(folderGone(error), context);
  // Mostly stdout: `netlab run --json > /full/result.json`.
  const known = isDiskTrouble(error) ? storageError('not everything could be written', error) : undefined;
  if (known instanceof LabError) return expectedFailure(known, context);
  return unexpectedFailure(error, context);
}

/** getcwd(3) fails with ENOENT in a folder that was deleted, and so does whatever is told a relative path. */
const isFolderGone = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd';

const folderGone = (cause: unknown): UsageError =>
  new UsageError('the current folder does not exist any more: it was deleted or moved', {
    cause,
    remedy: 'Go to another one, and call it again: cd ~',
  });

/** Help or the version was shown; whatever else is wrong is told in netlab's own words: see refusals.ts. */
const shown: readonly string[] = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

function commandLineFailure({ code, message, exitCode }: CommanderError, context: FailureContext): Failure {
  // Help that was asked for ends with 0; help because there was no command ends with 1, which is taken.
  if (shown.includes(code)) return { text: '', exitCode: exitCode === 0 ? 0 : exitCodes.usage };
  return {
    text: messageText(message.replace(/^error: /u, ''), 'see netlab --help', context),
    exitCode: exitCodes.usage,
  };
}

const hasExitCode = (error: Error): error is Error & { exitCode: number } =>
  'exitCode' in error && typeof error.exitCode === 'number';

/** A list of problems in a file begins with file:line:column, as editors and CI systems look for. */
const isListOfProblems = (error: LabError): boolean =>
  'problems' in error && Array.isArray(error.problems) && error.problems.length > 0 && hasExitCode(error);

function expectedFailure(error: LabError, context: FailureContext): Failure {
  const exitCode = hasExitCode(error) ? error.exitCode : exitCodes.failed;
  const causes = context.verbose ? causesOf(error).map((line) => `${line}\n`) : [];
  const message = isListOfProblems(error)
    ? `${fitText(error.message, roomFor(context.style))}\n`
    : messageText(error.message, error.remedy, context);
  return { text: [message, ...causes].join(''), exitCode };
}

function messageText(message: string, remedy: string | undefined, { style }: FailureContext): string {
  const [first = '', ...rest] = asCalled(message, style.command).split('\n').map(printable);
  const lines = [`netlab: ${first}`, ...rest, ...remedyLines(remedy, style)];
  const text = fitText(lines.map((line) => `${line}\n`).join(''), roomFor(style));
  return text.replace('netlab:', paint(style, 'bad', 'netlab:'));
}

const roomFor = ({ terminalWidth, command }: Style): Room => ({ width: terminalWidth, command });

function remedyLines(remedy: string | undefined, style: Style): readonly string[] {
  const [first, ...rest] = asCalled(remedy ?? '', style.command)
    .split('\n')
    .map(printable);
  if (first === undefined || first === '') return [];
  // A single line may be prose; several are commands to copy, which must stay as they are.
  if (rest.length === 0 && style.terminalWidth !== undefined) return [`What to do: ${first}`];
  return rest.length === 0
    ? hang('What to do: ', first, style.width)
    : ['What to do:', `  ${first}`, ...rest.map((line) => `  ${line}`)];
}

function causesOf(error: Error): readonly string[] {
  if (!(error.cause instanceof Error)) return [];
  return [`caused by ${error.cause.stack ?? error.cause.message}`, ...causesOf(error.cause)];
}

function unexpectedFailure(error: unknown, { style }: FailureContext): Failure {
  const detail = error instanceof Error ? [error.stack ?? error.message, ...causesOf(error)].join('\n') : String(error);
  const title = paint(style, 'bad', 'netlab: this is a defect of netlab itself');
  const plea = 'Please report it with the command line, the scenario, and the lines above.';
  return { text: `${title}\n${detail}\n${plea}\n`, exitCode: exitCodes.failed };
}
