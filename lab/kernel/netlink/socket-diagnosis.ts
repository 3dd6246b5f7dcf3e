/** Sockets of a namespace through sock_diag (linux/inet_diag.h): /proc/net/tcp walks the whole machine's hash tables. */
import { AF_INET, AF_INET6 } from '../address.js';
import type { NetworkNamespace } from '../namespace.js';
import { NetlinkSocket } from './socket.js';

const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
/** `struct inet_diag_req_v2` */
const REQUEST_BYTES = 56;
const SOURCE_PORT_OFFSET = 4;
/** `struct inet_diag_msg`: 4 bytes, the socket's id of 48, four numbers, then the inode. */
const INODE_OFFSET = 4 + 48 + 16;

/** IP protocol numbers with the state that a waiting socket is in (net/tcp_states.h): LISTEN, and CLOSE for unconnected UDP. */
const WAITING = { tcp: { protocol: 6, states: 1 << 10 }, udp: { protocol: 17, states: 1 << 7 } } as const;

export interface WaitingSocket {
  readonly transport: keyof typeof WAITING;
  readonly port: number;
  readonly inode: number;
}

/**
 * Sockets that wait for somebody, of both families.
 * @throws NetlinkError where the kernel has no socket diagnosis
 */
export function waitingSockets(namespace: NetworkNamespace, node: string): WaitingSocket[] {
  const netlink = NetlinkSocket.open(namespace, node, NETLINK_SOCK_DIAG);
  try {
    return (['tcp', 'udp'] as const).flatMap((transport) =>
      [AF_INET, AF_INET6].flatMap((family) => dumpSockets(netlink, transport, family)),
    );
  } finally {
    netlink.close();
  }
}

function dumpSockets(netlink: NetlinkSocket, transport: keyof typeof WAITING, family: number): WaitingSocket[] {
  const { protocol, states } = WAITING[transport];
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt8(family, 0);
  request.writeUInt8(protocol, 1);
  request.writeUInt32LE(states, 4);
  return netlink.dump(SOCK_DIAG_BY_FAMILY, request, `${transport} sockets`).map(({ body }) => ({
    transport,
    port: body.readUInt16BE(SOURCE_PORT_OFFSET),
    inode: body.readUInt32LE(INODE_OFFSET),
  }));
}
