import type { TcpConnection, TcpServer } from '#lab/sockets.js';
import type { Probe } from './flow-probe.js';
import { TOKEN_BYTES } from './flow-token.js';
import { onFreePort, PerNode, type Transport, type TransportContext } from './flow-transport.js';

/** So that nothing stays open when an end is lost; far beyond every probe's deadline. */
const idleTimeoutMs = 5000;

/** Connections to a server on each node, which answers the token with its name and the peer's address that it saw. */
export function tcpTransport(context: TransportContext): Transport {
  return new TcpTransport(context);
}

class TcpTransport implements Transport {
  readonly #context: TransportContext;
  readonly #servers: PerNode<TcpServer>;
  readonly #connections = new Set<TcpConnection>();
  /** How many connections each probe has, by its id. */
  readonly #pending = new Map<number, number>();
  #isClosed = false;

  constructor(context: TransportContext) {
    this.#context = context;
    const { lab, family } = context;
    this.#servers = new PerNode(
      lab,
      async (node, name) => {
        const server = await onFreePort((port) => node.sockets.listenTcp({ family, port, idleTimeoutMs }));
        server.onConnection = (connection) => serve(context, name, connection);
        return server;
      },
      (server) => server.close(),
    );
  }

  open(node: string): Promise<void> {
    return this.#servers.open(node);
  }

  transmit(probe: Probe, attempt: number): void {
    // The kernel itself repeats a SYN after a second; a second connection is tried before that, once.
    if (this.#pending.has(probe.id) && attempt === 1) return;
    this.#connect(probe).catch((error: unknown) => probe.onUnsent(error));
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.close();
    this.#servers.close();
  }

  async #connect(probe: Probe): Promise<void> {
    const { lab, family, tokens } = this.#context;
    const { port } = this.#servers.get(probe.request.to.node);
    const { sockets } = lab.node(probe.request.from.node);
    this.#count(probe.id, 1);
    try {
      const connection = await sockets.connectTcp({ family, address: probe.address, port, idleTimeoutMs });
      if (this.#isClosed) return connection.close();
      this.#connections.add(connection);
      await ask(probe, connection, tokens.encode(probe.id));
      this.#connections.delete(connection);
    } finally {
      this.#count(probe.id, -1);
    }
  }

  #count(id: number, by: 1 | -1): void {
    const left = (this.#pending.get(id) ?? 0) + by;
    if (left === 0) this.#pending.delete(id);
    else this.#pending.set(id, left);
  }
}

/** Sends the token and reads the answer to the end. @returns once the connection is closed */
function ask(probe: Probe, connection: TcpConnection, token: Buffer): Promise<void> {
  const chunks: Buffer[] = [];
  connection.onConnect = () => connection.write(token);
  connection.onData = (chunk) => void chunks.push(chunk);
  connection.onEnd = () => {
    const answer = Buffer.concat(chunks);
    if (answer.subarray(0, TOKEN_BYTES).equals(token) && answer.toString('utf8', TOKEN_BYTES) === probe.request.to.node)
      probe.answer();
    connection.close();
  };
  connection.onError = ({ code }) => probe.refuse(code);
  return new Promise((resolve) => {
    connection.onClose = resolve;
  });
}

function serve(context: TransportContext, node: string, connection: TcpConnection): void {
  const chunks: Buffer[] = [];
  connection.onData = (chunk) => {
    chunks.push(chunk);
    const token = Buffer.concat(chunks);
    const id = context.tokens.decode(token);
    if (id === undefined) return;
    context.probe(id)?.arriveAt(node, connection.peer.address);
    connection.end(Buffer.concat([token.subarray(0, TOKEN_BYTES), Buffer.from(node)]));
  };
}
