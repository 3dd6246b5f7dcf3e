import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { ObservedProcess } from '../lab.js';
import { toolGroups } from '../process.js';
import type { NetnsNode } from './node.js';

/** netlab itself is process 1 of the sandbox. */
const OWN_PID = 1;
/** Fields 5 and 7 of /proc/PID/stat (proc(5)), counted behind the command's closing parenthesis. */
const GROUP_FIELD = 2;
const TTY_FIELD = 4;

/**
 * Processes of the sandbox other than netlab itself, the tools that it waits for, and what sits at a terminal: somebody's `netlab shell` is no part of
 * the network. /proc is the sandbox's own.
 */
export function listProcesses(nodes: Iterable<NetnsNode>): ObservedProcess[] {
  const nodeByInode = new Map([...nodes].map((node) => [node.namespace.inode, node.name]));
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== OWN_PID && pid !== process.pid);
  return pids.flatMap((pid) => {
    try {
      return describe(pid, nodeByInode);
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

function describe(pid: number, nodeByInode: ReadonlyMap<number, string>): ObservedProcess[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  const isZombie = fields[0] === 'Z';
  if (isZombie || command === '' || fields[TTY_FIELD] !== '0' || toolGroups.has(Number(fields[GROUP_FIELD]))) return [];
  const node = nodeByInode.get(statSync(`/proc/${pid}/ns/net`).ino);
  return [{ pid, command, ...(node === undefined ? {} : { node }) }];
}
