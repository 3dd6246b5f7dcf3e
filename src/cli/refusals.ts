/** What is refused of a command line, in netlab's words and not commander's: where, what was found, what is allowed. */
import { describeValue } from '../scenario/problem.js';
import { didYouMean } from '../scenario/nearest.js';
import type { Argument, Command, Option } from './commander.js';
import { UsageError } from './usage-error.js';

/** `PROMISE,...` of `--only <PROMISE,...>` */
const valueOf = ({ flags }: Option): string => / [<[](.+)[>\]]$/u.exec(flags)?.[1] ?? '';

const longOf = ({ long, flags }: Option): string => long ?? flags;

/** `SCENARIO`, `[SCENARIO...]` */
export function placeholder(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

/** Its own options, and those that mean the same before its name. */
function optionsOf(command: Command): readonly string[] {
  const own = [...command.options.flatMap(({ long }) => long ?? []), '--help'];
  return command.parent === null ? own : [...own, ...optionsOf(command.parent)];
}

const withHint = (message: string, hint: string | undefined): string =>
  hint === undefined ? message : `${message}; ${hint}`;

/** How a command is spoken of. */
const whoIs = (command: Command): string => (command.parent === null ? 'netlab' : command.name());

function unknownOption(command: Command, flag: string): string {
  const [option = ''] = flag.split('=');
  const hint = option.startsWith('--') ? didYouMean(option, optionsOf(command)) : undefined;
  return withHint(`${whoIs(command)} has no option ${describeValue(option)}`, hint);
}

function unknownCommand({ args: [word = ''], commands }: Command): string {
  const names = commands.map((one) => one.name());
  return withHint(`there is no command ${describeValue(word)}`, didYouMean(word, names));
}

function missingArgument(command: Command, name: string): string {
  const argument = command.registeredArguments.find((one) => one.name() === name);
  return `${whoIs(command)} needs ${name}: ${argument?.description ?? ''}`;
}

function excessArguments(command: Command, words: readonly string[]): string {
  const taken = command.registeredArguments.map(placeholder);
  const takes = taken.length === 0 ? 'no argument' : `${taken.join(' ')} and no more`;
  return `${whoIs(command)} takes ${takes}; found ${describeValue(words[taken.length])}`;
}

const needs = (subject: string, option: Option): string => `${subject} needs ${valueOf(option)}: ${option.description}`;

/**
 * Has a command say so itself when something is wrong. Commander calls these methods, which it does not document; the test of
 * each message tells when that changes.
 */
export function tellInOwnWords(command: Command): Command {
  const refuse = (message: string): never => {
    const about = command.parent === null ? '' : `${command.name()} `;
    throw new UsageError(message, { remedy: `see netlab ${about}--help` });
  };
  return Object.assign(command, {
    unknownOption: (flag: string) => refuse(unknownOption(command, flag)),
    unknownCommand: () => refuse(unknownCommand(command)),
    missingArgument: (name: string) => refuse(missingArgument(command, name)),
    _excessArguments: (words: readonly string[]) => refuse(excessArguments(command, words)),
    optionMissingArgument: (option: Option) => refuse(needs(longOf(option), option)),
    missingMandatoryOptionValue: (option: Option) =>
      refuse(`${whoIs(command)} needs ${longOf(option)} ${valueOf(option)}: ${option.description}`),
    _conflictingOption: (option: Option, other: Option) =>
      refuse(`${longOf(other)} and ${longOf(option)} exclude each other`),
  });
}
