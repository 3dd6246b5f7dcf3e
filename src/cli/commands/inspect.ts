import { writeText } from '../../report/output.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { demandLab, demandLabNode } from '../running-lab.js';

const tellWait = (text: string): void => void process.stderr.write(`${text}\n`);

export function inspectCommand(): Command {
  const command = define({
    name: 'inspect',
    summary: 'show what nodes have, beside what was planned',
    description:
      "Shows the links, addresses, routes, rules, neighbours and forwarding entries that the kernel has in a lab's nodes, " +
      'beside what was planned. ' +
      'Without a node: all nodes, shorter. A lab that was just mended is given the time to recover that its design allows.',
    machine: 'json',
    examples: [
      ['netlab inspect look', 'all nodes, their addresses, and what has changed since it was built'],
      ['netlab inspect look h1', 'everything of host 1'],
    ],
  });
  return command
    .argument('<LAB>', 'name of a running lab: see netlab ps')
    .argument('[NODE]', 'one node')
    .action(async (lab: string, node: string | undefined) => {
      const { format, style } = outputOf(command);
      if (node === undefined) demandLab(lab);
      else await demandLabNode(lab, node);
      const { inspectNodes } = await import('../../labs/inspect.js');
      const nodes = await inspectNodes(lab, node === undefined ? undefined : [node], tellWait);
      if (format === 'json') return await writeText(process.stdout, `${JSON.stringify(nodes, null, 2)}\n`);
      const { renderNode, renderNodes } = await import('../node-text.js');
      const [only] = nodes;
      if (node !== undefined && only !== undefined) return await writeText(process.stdout, renderNode(only, style));
      const [{ describeLab }, { lineOf }] = await Promise.all([import('../../labs/inspect.js'), import('./break.js')]);
      const { broken, gone } = await describeLab(lab);
      const notes = [
        ...broken.flatMap((one) => lineOf(one, style)),
        ...(gone.length === 0 ? [] : [`not there now: ${gone.join(', ')}`]),
      ];
      await writeText(
        process.stdout,
        `${renderNodes(nodes, style)}${notes.map((line) => `\n${line}`).join('')}${notes.length === 0 ? '' : '\n'}`,
      );
    });
}
