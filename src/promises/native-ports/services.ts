/** The same service at the same port in several nodes: it says who it is, so that a client knows whom it reached. */
import type { Lab } from '#lab/lab.js';
import type { Closable, TcpConnection, UdpSocket } from '#lab/sockets.js';

/** Well-known ports (IANA), tried in this order: what a service would use if nobody had to share. */
export const nativePorts = [80, 443, 8080, 8000, 8443] as const;

export interface Services extends Closable {
  readonly port: number;
  /** Ports at which something in a node listens already: `80 in h1c1`. */
  readonly taken: readonly string[];
}

/** Nodes that could serve the port, were it not for others that serve it too: they share one network. */
export interface Collision {
  readonly port: number;
  readonly refused: readonly string[];
}

/**
 * Serves TCP and UDP at one port in all the nodes: each answers what it is asked and its own name.
 * @returns undefined when at every one of the well-known ports something else listens in some node; `taken` is filled in any case
 */
export async function serveEverywhere(
  lab: Lab,
  nodes: readonly string[],
  taken: string[],
): Promise<Services | Collision | undefined> {
  for (const port of nativePorts) {
    const open: Closable[] = [];
    const served = await Promise.all(nodes.map((node) => serve(lab, node, port, open)));
    const refused = nodes.filter((_, index) => served[index] !== true);
    const close = () => closeAll(open);
    if (refused.length === 0) return { port, taken, close };
    close();
    const foreign = await firstThatCannot(lab, refused, port);
    if (foreign === undefined) return { port, refused };
    taken.push(`${port} in ${foreign}`);
  }
  return undefined;
}

/** Each by itself: those that share one network would be in each other's way. */
async function firstThatCannot(lab: Lab, nodes: readonly string[], port: number): Promise<string | undefined> {
  for (const node of nodes) {
    const open: Closable[] = [];
    const could = await serve(lab, node, port, open);
    closeAll(open);
    if (!could) return node;
  }
  return undefined;
}

function closeAll(open: readonly Closable[]): void {
  for (const socket of open) socket.close();
}

/** The answer to a question, by which the client knows both. */
export function answerOf(node: string, question: string): string {
  return `${question} ${node}`;
}

async function serve(lab: Lab, node: string, port: number, open: Closable[]): Promise<boolean> {
  const { sockets } = lab.node(node);
  try {
    const server = await sockets.listenTcp({ family: 'ipv4', port });
    server.onConnection = (connection) => answerTcp(connection, node);
    open.push(server);
    open.push(answerUdp(await sockets.udp({ family: 'ipv4', port }), node));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

function answerTcp(connection: TcpConnection, node: string): void {
  connection.onData = (question) => connection.end(answerOf(node, question.toString('latin1')));
}

function answerUdp(socket: UdpSocket, node: string): UdpSocket {
  // Where there is no way back to the client, it sees that no answer comes.
  socket.onMessage = ({ data, address, port }) =>
    socket.send(Buffer.from(answerOf(node, data.toString('latin1'))), address, port);
  return socket;
}
