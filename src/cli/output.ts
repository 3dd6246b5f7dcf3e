/** What a command was asked to print, and how. */
import type { Style } from '../report/style.js';
import type { Command } from './commander.js';
import { detectStyle } from './style.js';
import { UsageError } from './usage-error.js';

export interface OutputSettings {
  readonly format: 'human' | 'json' | 'events';
  readonly verbose: boolean;
  /** Missing programs of the machine may be installed. */
  readonly mayInstall: boolean;
  /** Where the result goes: stdout, but for a report that has it for itself. */
  readonly screen: NodeJS.WriteStream;
  /** How to write there. */
  readonly style: Style;
}

/** `--no-color`, for this process and what it starts: libraries look at the environment themselves. */
export function forbidColor(): void {
  process.env['NO_COLOR'] = '1';
  delete process.env['FORCE_COLOR'];
}

/**
 * The settings of a command, given before or after its name.
 * @throws UsageError when the command cannot print what is asked
 */
export function outputOf(command: Command): OutputSettings {
  const given = (option: string): boolean => lineage(command).some((one) => one.opts()[option] === true);
  const json = given('json');
  const events = given('events');
  if (json && events) throw new UsageError('--json and --events exclude each other: both write to stdout');
  if (json) demandOption(command, '--json');
  if (events) demandOption(command, '--events');
  const format = json ? 'json' : events ? 'events' : 'human';
  return {
    format,
    verbose: given('verbose'),
    mayInstall: lineage(command).every((one) => one.opts()['install'] !== false),
    screen: process.stdout,
    style: detectStyle(process.stdout, process.env),
  };
}

/** Options that every command has, as they were given, before or after its name. */
export function commonWords(command: Command): readonly string[] {
  const isGiven = (option: string, value: boolean): boolean =>
    lineage(command).some((one) => one.opts()[option] === value);
  return [
    ...(isGiven('verbose', true) ? ['--verbose'] : []),
    ...(isGiven('color', false) ? ['--no-color'] : []),
    ...(isGiven('install', false) ? ['--no-install'] : []),
  ];
}

function lineage(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [command, ...lineage(command.parent)];
}

/** Given before the name of the command, an option is known to the program, but not every command can do it. */
function demandOption(command: Command, flag: string): void {
  if (command.options.some(({ long }) => long === flag)) return;
  throw new UsageError(`${command.name()} cannot print ${flag.slice(2)}`, {
    remedy: `See what it can do: netlab ${command.name()} --help`,
  });
}
