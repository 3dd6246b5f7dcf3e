/** Running programs inside a node of a running lab. */
import { runAttached } from '#lab/attached.js';
import type { Channel } from '#lab/channel.js';
import { connectLab, findLab, type LabEntry } from '#lab/registry.js';
import { needsUserNamespace } from '#lab/sandbox.js';
import type { NodeEntrance, NodeReport } from '../inside/requests.js';

/** The caller's folder is kept where it exists. */
const ENTER_SCRIPT = 'cd "$1" 2>/dev/null || cd /; shift; exec "$@"';

/** Without it a command would go on in the lab when netlab is killed. What the command itself puts into the background stays. */
const DIES_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL'] as const;

/**
 * Runs a command in a node, with this terminal.
 * @returns its exit code, or 128 plus the number of the signal that ended it
 * @throws LabError when there is no such lab or node
 */
export async function execInNode(lab: string, node: string, argv: readonly string[]): Promise<number> {
  const entry = findLab(lab);
  const { networkFd, mountsFd, utsFd } = await entranceOf(entry, node);
  const fdOf = (fd: number): string => `/proc/${entry.initPid}/fd/${fd}`;
  const prefix = [
    'nsenter',
    '--target',
    String(entry.initPid),
    ...userOptions(),
    '--ipc',
    '--pid',
    `--net=${fdOf(networkFd)}`,
    `--mount=${fdOf(mountsFd)}`,
    `--uts=${fdOf(utsFd)}`,
    '--',
  ];
  // Two links: nsenter dies with netlab, and the command, which is nsenter's child, with nsenter.
  const inner = [...DIES_WITH_PARENT, 'sh', '-c', ENTER_SCRIPT, 'sh', process.cwd(), ...argv];
  return await runAttached([...DIES_WITH_PARENT, ...prefix, ...inner], {
    NETLAB_LAB: lab,
    NETLAB_NODE: node,
    NETLAB_MARK: entry.mark,
  });
}

/** An open channel would keep netlab running, so it is closed whatever the lab answers. */
async function entranceOf(entry: LabEntry, node: string): Promise<NodeEntrance> {
  const channel = await connectLab(entry);
  try {
    return await channel.call<NodeEntrance>('enter', { name: node });
  } finally {
    channel.close();
  }
}

/** The user's own shell in a node. */
export async function shellInNode(lab: string, node: string): Promise<number> {
  return await execInNode(lab, node, [process.env['SHELL'] ?? '/bin/sh', '-i']);
}

/** The beginning of a command line that runs the rest in a node's network, and in these other namespaces of the lab. */
export async function nodePrefix(
  channel: Channel,
  initPid: number,
  node: string,
  namespaces: readonly string[] = [],
): Promise<string[]> {
  const { namespaceFd } = await channel.call<NodeReport>('node', { name: node });
  return [
    'nsenter',
    '--target',
    String(initPid),
    ...userOptions(),
    ...namespaces,
    `--net=/proc/${initPid}/fd/${namespaceFd}`,
    '--',
  ];
}

const userOptions = (): readonly string[] => (needsUserNamespace() ? ['--user', '--preserve-credentials'] : []);
