import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ObservedListener } from '../lab.js';
import type { NetnsNode } from './node.js';

/** TCP_LISTEN in net/tcp_states.h; an unconnected UDP or raw socket shows TCP_CLOSE. */
const LISTENING: Readonly<Record<string, string>> = {
  tcp: '0A',
  tcp6: '0A',
  udp: '07',
  udp6: '07',
  raw: '07',
  raw6: '07',
};

/** Listening sockets in the nodes, without netlab's own probes. */
export function listListeners(nodes: Iterable<NetnsNode>): ObservedListener[] {
  const own = ownSocketInodes();
  return [...nodes].flatMap((node) =>
    node.namespace
      .run(() => Object.keys(LISTENING).flatMap((table) => readTable(table, own)))
      .map((socket) => ({ node: node.name, socket })),
  );
}

function ownSocketInodes(): ReadonlySet<string> {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The descriptor of the directory listing itself is closed by now.
      return '';
    }
  });
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

/** Lines of /proc/net/{tcp,udp,raw}* (proc_net_tcp.rst): `sl local remote state ... inode`. */
function readTable(table: string, own: ReadonlySet<string>): string[] {
  const lines = readProcNet(table)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const found = lines.filter(([, , , state, , , , , , inode = '']) => state === LISTENING[table] && !own.has(inode));
  const sockets = found.map(
    ([, local = '']) => `${table.replace('6', '')}/${Number.parseInt(local.split(':')[1] ?? '0', 16)}`,
  );
  return [...new Set(sockets)];
}

function readProcNet(table: string): string {
  try {
    return readFileSync(`/proc/thread-self/net/${table}`, 'latin1');
  } catch {
    return '';
  }
}
