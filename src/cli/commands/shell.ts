import type { Command } from '../commander.js';
import { define } from '../define.js';
import { demandLabNode } from '../running-lab.js';

export function shellCommand(): Command {
  const command = define({
    name: 'shell',
    summary: 'open a shell in a node',
    description:
      "Opens your shell ($SHELL) inside a node, with the node's network. What it shares with this machine: netlab exec --help.",
    examples: [['netlab shell look h1', 'look around in host 1; exit leaves it']],
  });
  return command
    .argument('<LAB>', 'name of a running lab: see netlab ps')
    .argument('<NODE>', 'name of a node: see netlab inspect LAB')
    .action(async (lab: string, node: string) => {
      await demandLabNode(lab, node);
      const { shellInNode } = await import('../../labs/enter.js');
      process.exitCode = await shellInNode(lab, node);
    });
}
