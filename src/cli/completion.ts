/** Completion in shells. The one importer of @bomb.sh/tab. */
import type { Shell } from './shells.js';
import tab from '@bomb.sh/tab/commander';
import type { Command } from './commander.js';
import { bashScript } from './completion-bash.js';
import { candidatesFor, takesFile } from './completion-candidates.js';

/** What tab calls when a place of the command line is completed; it fits arguments and options. */
type Handler = (offer: (value: string, description: string) => void) => void;

/** Of the protocol that tab has from cobra: what the shell does when there is no candidate. */
const directives = { files: ':0', nothing: ':4' } as const;

/** The script that a shell reads once. */
export function completionScript(program: Command, shell: Shell): string {
  // tab's script for bash needs the package bash-completion, complains when it is read twice, and hands what is being
  // typed to eval unquoted, so that completing `netlab exec $(...)` would run it.
  if (shell === 'bash') return bashScript;
  const completion = tab(program);
  return `${printed(() => completion.setup('netlab', 'netlab', shell)).join('\n')}\n`;
}

/**
 * The answer to a shell: candidates, one per line, then a directive.
 * @param words of the command line after `netlab`; the last one is being typed
 */
export async function complete(program: Command, words: readonly string[]): Promise<string> {
  const completion = tab(summarised(program));
  const command = completion.commands.get(words.find((word) => !word.startsWith('-')) ?? '');
  let filesToo = false;
  const handlerOf = async (name: string): Promise<Handler | undefined> => {
    const candidates = await candidatesFor(name, words);
    if (candidates === undefined && !takesFile(name)) return undefined;
    return (offer) => {
      filesToo = takesFile(name);
      for (const candidate of candidates ?? []) offer(candidate, '');
    };
  };
  for (const argument of command?.arguments.values() ?? []) {
    const handler = await handlerOf(argument.name);
    if (handler !== undefined) argument.handler = handler;
  }
  for (const option of command?.options.values() ?? []) {
    const handler = option.isBoolean === true ? undefined : await handlerOf(`--${option.value}`);
    if (handler !== undefined) option.handler = handler;
  }
  const lines = printed(() => completion.parse([...words]));
  // zsh shows an empty description as a dash.
  const candidates = lines.filter((line) => !line.startsWith(':')).map((line) => line.replace(/\t$/, ''));
  const directive = candidates.length === 0 && filesToo ? directives.files : directives.nothing;
  return `${[...candidates, directive].join('\n')}\n`;
}

/** tab shows descriptions, which are paragraphs, beside the names of commands. */
function summarised(program: Command): Command {
  for (const command of program.commands) command.description(command.summary());
  return program;
}

/** tab has no way to give back what it has found: it prints it. */
function printed(work: () => void): readonly string[] {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    work();
  } finally {
    console.log = log;
  }
  return lines;
}
