import type { Command } from '../commander.js';
import { define } from '../define.js';
import { demandLabNode } from '../running-lab.js';
import { UsageError } from '../usage-error.js';

/** With options passed through, the -- before the command is passed through as well. */
function commandOf(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first !== '--') return argv;
  if (rest.length === 0) throw new UsageError('there is no command after --');
  return rest;
}

export function execCommand(): Command {
  const command = define({
    name: 'exec',
    summary: 'run a command in a node',
    description:
      "Runs a command of this machine inside a node, with the node's network. The node has /run, /etc (this machine's, with " +
      'changes of its own), /dev/shm and the folders of DHCP clients below /var/lib to itself, and its daemons are found where ' +
      'their tools look for them. Of /proc/sys it can change net, of /sys its interfaces, and of /dev it has null, zero, ' +
      "full, random, urandom, tty, ptmx, pts and net/tun. All other files are this machine's: what the command writes there " +
      'stays, and netlab down does not look for it. That keeps accidents from the machine, not intent: who is root of the ' +
      'machine is root in a node, and may mount what he likes. ' +
      'The exit code is that of the command. What it changes in the node stays; netlab verify shows the consequences.',
    examples: [
      ['netlab exec look h1c1 -- ping -c 1 10.1.2.2', 'one container pings another'],
      ['netlab exec look h2 -- ip link set eth1 mtu 1400', 'break something'],
    ],
  });
  return command
    .argument('<LAB>', 'name of a running lab: see netlab ps')
    .argument('<NODE>', 'name of a node: see netlab inspect LAB')
    .argument('<COMMAND...>', 'the command and its arguments; options after it are its own')
    .passThroughOptions()
    .action(async (lab: string, node: string, argv: readonly string[]) => {
      await demandLabNode(lab, node);
      const { execInNode } = await import('../../labs/enter.js');
      process.exitCode = await execInNode(lab, node, commandOf(argv));
    });
}
