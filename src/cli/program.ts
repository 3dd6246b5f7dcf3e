/** The whole command line. */
import { netlabVersion } from '../run/version.js';
import { exitCodeMeaning, exitCodes } from '../result/exit-code.js';
import { Command } from './commander.js';
import { loadCommands } from './commands/index.js';
import { addCommonOptions, examplesText } from './define.js';
import { calledAs } from './called-as.js';
import { fitText } from '../report/fit.js';
import { roomOf } from './style.js';
import { topicsText } from './help-topic.js';
import { placeholder, tellInOwnWords } from './refusals.js';

const description = `netlab proves a container network before it is deployed: it builds the whole multi-host cluster on this
machine, measures every promise that the set-up makes, and says which hold, by how much, and where it broke.`;

/** @param named the first word of the command line that is no option */
export async function buildProgram(named: string | undefined): Promise<Command> {
  const program = tellInOwnWords(new Command(calledAs()))
    .description(description.replaceAll('\n', ' '))
    .usage('COMMAND [ARGUMENT...] [OPTION...]')
    .version(netlabVersion, '--version', 'print the version')
    .option('--json', 'print one JSON document to stdout, and nothing else')
    .option('--events', 'print what happens as NDJSON, one event per line');
  addCommonOptions(program)
    .helpOption('-h, --help', `show help; ${calledAs()} COMMAND --help tells more`)
    .addHelpCommand(helpCommand())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ subcommandTerm: term, argumentTerm: (argument) => placeholder(argument) })
    .addHelpText('after', () => `${topicsText()}\n${exitCodesText()}\n${examplesText(examples)}`);
  for (const command of await loadCommands(named)) program.addCommand(inherit(program, command));
  return program;
}

const helpCommand = (): Command =>
  new Command('help')
    .argument('[TOPIC]')
    .description('show help on a command, a promise or a strategy')
    .helpGroup('More:');

const examples = [
  ['netlab run bridge-l2', 'does one flat network of bridges keep its promises?'],
  ['netlab up bridge-l2 --name look', 'keep it running, and look at it from inside'],
  ['netlab exec look h1c1 -- ping -c 1 10.1.2.2', 'one container of host 1 pings one of host 2'],
  ['netlab down look', 'take it away'],
  ['netlab help path-mtu', 'what a promise asks, how it is measured, what breaks it'],
] as const;

/** addCommand, unlike command, leaves these as they are. */
function inherit(program: Command, command: Command): Command {
  const usage = command.registeredArguments.map(placeholder).join(' ');
  return command.copyInheritedSettings(program).usage(`${usage} [OPTION...]`.trim());
}

const term = (command: Command): string => [command.name(), ...command.registeredArguments.map(placeholder)].join(' ');

function exitCodesText(): string {
  const lines = Object.values(exitCodes).map((code) => `  ${String(code).padEnd(4)} ${exitCodeMeaning(code)}`);
  return fitText(['', 'Exit codes:', ...lines].join('\n'), roomOf(process.stdout));
}
