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
  const opened = (close: () => void) => {
    open.add(close);
    return () => void open.delete(close);
  };
  const pumped = <T extends Closable & { onClosed: () => void }>(socket: T): T => {
    socket.onClosed = opened(() => socket.close());
    return socket;
  };
  return {
    udp: async (options) => pumped(openUdp(namespace, options)),
    icmp: async (options) => pumped(openIcmp(namespace, options)),
    packet: async (options = {}) => pumped(openPacket(namespace, options)),
    listenTcp: async (options) => listenTcp(namespace, options, opened),
    connectTcp: async (options) => connectTcp(namespace, options, opened),
    close: () => {
      for (const close of open) close();
    },
  };
}
