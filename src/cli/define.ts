/** How every command is defined: its words, its examples and the options that all have in common. */
import { asCalled } from '../report/command-name.js';
import { fitText } from '../report/fit.js';
import { Command, Option } from './commander.js';
import { forbidColor } from './output.js';
import { calledAs } from './called-as.js';
import { tellInOwnWords } from './refusals.js';
import { roomOf } from './style.js';

/** A command line to copy, and what it does. */
export type Example = readonly [commandLine: string, what: string];

export interface CommandText {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does, what it prints, and what its exit code tells where that is special. */
  readonly description: string;
  readonly examples: readonly Example[];
  /** What `--json` and `--events` can be asked of it; nothing when absent. */
  readonly machine?: 'json' | 'json and events';
}

/** A command with help and common options; arguments and the action are the caller's. */
export function define(text: CommandText): Command {
  const command = tellInOwnWords(new Command(text.name)).summary(text.summary).description(called(text.description));
  if (text.machine !== undefined)
    command.addOption(new Option('--json', 'print one JSON document to stdout, and nothing else'));
  if (text.machine === 'json and events')
    command.addOption(new Option('--events', 'print what happens as NDJSON, one event per line').conflicts('json'));
  addCommonOptions(command);
  return command.addHelpText('after', () => examplesText(text.examples));
}

/** Help is never stored: it says how netlab was called. */
const called = (text: string): string => asCalled(text, calledAs());

/** Options that mean the same before and after the name of the command. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--verbose', 'say more: each step and the causes of an error on stderr, reports in full')
    .option('--no-color', 'no colours; so does NO_COLOR=1, and FORCE_COLOR=1 keeps them in a pipe')
    .on('option:no-color', forbidColor)
    .option('--no-install', 'install nothing that is missing: no npm packages, no Debian packages');
}

/** Comment above command: never wider than what is copied, and it can be pasted as it is. */
export function examplesText(examples: readonly Example[]): string {
  const lines = examples.flatMap(([commandLine, what]) => [`  # ${what}`, `  ${called(commandLine)}`]);
  return fitText(['', 'Examples:', ...lines].join('\n'), roomOf(process.stdout));
}
