import type { Server, Socket } from 'node:net';
import type { Probe } from './flow-probe.js';
import { TOKEN_BYTES } from './flow-token.js';
import { codeOf, onFreePort, PerNode, type Transport, type TransportContext } from './flow-transport.js';

interface Listener {
  readonly server: Server;
  readonly port: number;
}

/** Connections to a server on each node, which answers the token with its name and the peer's address that it saw. */
export function tcpTransport(context: TransportContext): Transport {
  const { lab, family, tokens } = context;
  const pending = new Map<number, Set<Socket>>();
  const servers = new PerNode<Listener>(
    lab,
    (node, name) => {
      const onConnection = (socket: Socket) => serve(context, name, socket);
      return onFreePort((port) => ({ port, server: node.sockets.listenTcp({ family, port, onConnection }) }));
    },
    ({ server }) => server.close(),
  );
  const connect = (probe: Probe): void => {
    const { port } = servers.get(probe.request.to.node);
    const source = lab.node(probe.request.from.node).sockets;
    const socket = source.connectTcp({ family, address: probe.address, port });
    const own = pending.get(probe.id) ?? new Set();
    pending.set(probe.id, own.add(socket));
    socket.once('close', () => {
      own.delete(socket);
      if (own.size === 0) pending.delete(probe.id);
    });
    ask(probe, socket, tokens.encode(probe.id));
  };
  return {
    open: (node) => void servers.get(node),
    transmit: (probe, attempt) => {
      // The kernel itself repeats a SYN after a second; a second connection is tried before that, once.
      if (pending.has(probe.id) && attempt === 1) return;
      connect(probe);
    },
    close: () => {
      for (const sockets of pending.values()) for (const socket of sockets) socket.destroy();
      servers.close();
    },
  };
}

/** Sends the token and reads the answer to the end. */
function ask(probe: Probe, socket: Socket, token: Buffer): void {
  const chunks: Buffer[] = [];
  socket.setNoDelay(true);
  socket.once('connect', () => socket.write(token));
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.once('end', () => {
    const answer = Buffer.concat(chunks);
    if (answer.subarray(0, TOKEN_BYTES).equals(token) && answer.toString('utf8', TOKEN_BYTES) === probe.request.to.node)
      probe.answer();
    socket.destroy();
  });
  socket.once('error', (error) => probe.refuse(codeOf(error) ?? error.message));
  socket.setTimeout(CONNECTION_TIMEOUT_MS, () => socket.destroy());
}

function serve(context: TransportContext, node: string, socket: Socket): void {
  const chunks: Buffer[] = [];
  const source = socket.remoteAddress ?? '';
  socket.on('error', () => socket.destroy());
  socket.setTimeout(CONNECTION_TIMEOUT_MS, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    const token = Buffer.concat(chunks);
    const id = context.tokens.decode(token);
    if (id === undefined) return;
    context.probe(id)?.arriveAt(node, source);
    socket.end(Buffer.concat([token.subarray(0, TOKEN_BYTES), Buffer.from(node)]));
  });
}

/** So that nothing stays open when an end is lost; far beyond every probe's deadline. */
const CONNECTION_TIMEOUT_MS = 5000;
