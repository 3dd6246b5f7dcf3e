import type { Server, Socket } from 'node:net';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { Closable, NodeSockets } from '../sockets.js';
import { openIcmp } from './icmp.js';
import { openPacket } from './packet.js';
import { connectTcp, listenTcp } from './tcp.js';
import { openUdp } from './udp.js';

/** Sockets of a node, with the means to close them all: an open socket keeps its whole namespace alive. */
export interface OwnedNodeSockets extends NodeSockets, Closable {}

/** Makes sockets in a namespace. `close` closes those still open, servers and connections too. */
export function nodeSockets(namespace: NetworkNamespace): OwnedNodeSockets {
  const open = new Set<() => void>();
  return {
    udp: (options) => pumped(open, openUdp(namespace, options)),
    icmp: (options) => pumped(open, openIcmp(namespace, options)),
    packet: (options = {}) => pumped(open, openPacket(namespace, options)),
    listenTcp: (options) => {
      const onConnection = (socket: Socket) => options.onConnection(connection(open, socket));
      return server(open, listenTcp(namespace, { ...options, onConnection }));
    },
    connectTcp: (target) => connection(open, connectTcp(namespace, target)),
    close: () => {
      for (const close of open) close();
    },
  };
}

function pumped<T extends Closable & { onClosed: () => void }>(open: Set<() => void>, socket: T): T {
  const close = () => socket.close();
  open.add(close);
  socket.onClosed = () => open.delete(close);
  return socket;
}

function server(open: Set<() => void>, listening: Server): Server {
  const close = () => listening.close();
  open.add(close);
  return listening.once('close', () => open.delete(close));
}

function connection(open: Set<() => void>, socket: Socket): Socket {
  const close = () => socket.destroy();
  open.add(close);
  return socket.once('close', () => open.delete(close));
}
