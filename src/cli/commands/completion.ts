import { writeText } from '../../report/output.js';
import { Argument, type Command } from '../commander.js';
import { define } from '../define.js';
import { oneWord } from '../word-list.js';
import { type Shell, shells } from '../shells.js';

export function completionCommand(): Command {
  const command = define({
    name: 'completion',
    summary: 'print a completion script for your shell',
    description:
      'Prints a completion script. It completes commands, options, promises, scenarios, running labs and their nodes.',
    examples: [
      ['source <(netlab completion bash)', 'bash: for this shell; in ~/.bashrc for every one'],
      ['netlab completion zsh > "${fpath[1]}/_netlab"', 'zsh: from the next shell on'],
      ['netlab completion fish > ~/.config/fish/completions/netlab.fish', 'fish'],
    ],
  });
  return command
    .addArgument(new Argument('<SHELL>', 'your shell').choices(shells).argParser(oneWord('completion for', shells)))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion.js');
      await writeText(process.stdout, completionScript(command.parent ?? command, shell));
    });
}
