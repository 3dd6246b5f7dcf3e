import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type WaitingSocket, waitingSockets } from '../kernel/netlink/socket-diagnosis.js';
import { NetlinkError } from '../kernel/netlink/socket.js';
import type { ObservedListener } from '../lab.js';
import type { NetnsNode } from './node.js';

/** States as /proc/net writes them (net/tcp_states.h): LISTEN, and CLOSE for an unconnected UDP or raw socket. */
const PROC_TABLES = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' } as const;
const RAW_TABLES = { raw: '07', raw6: '07' } as const;

/** Listening sockets in the nodes, without netlab's own probes. */
export function listListeners(nodes: Iterable<NetnsNode>): ObservedListener[] {
  const own = ownSocketInodes();
  return [...nodes].flatMap((node) => {
    const raw = node.namespace.run(() => readTables(RAW_TABLES));
    const foreign = [...transportSockets(node), ...raw].filter(({ inode }) => !own.has(inode));
    const sockets = new Set(foreign.map(({ transport, port }) => `${transport}/${port}`));
    return [...sockets].map((socket) => ({ node: node.name, socket }));
  });
}

type Listener = Omit<WaitingSocket, 'transport'> & { readonly transport: string };

function transportSockets(node: NetnsNode): readonly Listener[] {
  try {
    return waitingSockets(node.namespace, node.name);
  } catch (error) {
    // A kernel without socket diagnosis: the same from /proc, slowly.
    if (error instanceof NetlinkError) return node.namespace.run(() => readTables(PROC_TABLES));
    throw error;
  }
}

function ownSocketInodes(): ReadonlySet<number> {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The descriptor of the directory listing itself is closed by now.
      return '';
    }
  });
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/u.exec(target)?.[1] ?? []).map(Number));
}

/** Lines of /proc/net/{tcp,udp,raw}* (proc_net_tcp.rst): `sl local remote state ... inode`. */
function readTables(tables: Readonly<Record<string, string>>): Listener[] {
  return Object.entries(tables).flatMap(([table, waiting]) => {
    const lines = readProcNet(table)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/u));
    return lines
      .filter(([, , , state]) => state === waiting)
      .map(([, local = '', , , , , , , , inode = '0']) => ({
        transport: table.replace('6', ''),
        port: Number.parseInt(local.split(':')[1] ?? '0', 16),
        inode: Number(inode),
      }));
  });
}

function readProcNet(table: string): string {
  try {
    return readFileSync(`/proc/thread-self/net/${table}`, 'latin1');
  } catch {
    return '';
  }
}
