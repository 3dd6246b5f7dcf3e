/** Sends tokens between nodes by UDP and TCP, and tells which of them their receivers' own sockets got. */
import type { Lab } from '#lab/lab.js';
import type { Closable, Family, TcpConnection, TcpServer, UdpSocket } from '#lab/sockets.js';
import { patiently } from '../../probes/patience.js';
import type { Token, TokenBook } from './tokens.js';

/** A first packet may get lost while an address or a key is asked for. */
const ROUND_MS = 400;
const ROUNDS = 5;

/** Sockets are opened at first use and live until it is closed. */
export class Couriers implements Closable {
  readonly arrived = new Set<Token>();
  readonly #lab: Lab;
  readonly #book: TokenBook;
  readonly #udp = new Map<string, Promise<UdpSocket>>();
  readonly #servers = new Map<string, Promise<TcpServer>>();
  readonly #connections: TcpConnection[] = [];

  constructor(lab: Lab, book: TokenBook) {
    this.#lab = lab;
    this.#book = book;
  }

  /**
   * Sends them all, and those of which nothing is known yet again and again for a while.
   * @param isMissing whether nothing is known of a token yet
   */
  async carry(tokens: readonly Token[], isMissing: (token: Token) => boolean, signal: AbortSignal): Promise<void> {
    for (let round = 0; round < ROUNDS && tokens.some(isMissing); round += 1) {
      await this.send(tokens.filter(isMissing));
      await patiently(() => !tokens.some(isMissing), ROUND_MS, signal);
    }
  }

  async send(tokens: readonly Token[]): Promise<void> {
    for (const token of tokens) await this.#send(token);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    for (const opening of [...this.#udp.values(), ...this.#servers.values()])
      opening.then(
        (opened) => opened.close(),
        () => undefined,
      );
  }

  async #send(token: Token): Promise<void> {
    try {
      if (token.protocol === 'udp') await this.#sendDatagram(token);
      else await this.#connect(token);
    } catch (error) {
      // Refused by a kernel on the way: then it does not arrive, which is what counts.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  async #sendDatagram(token: Token): Promise<void> {
    const { from, to, family } = token;
    const [sender, receiver] = await Promise.all([
      this.#datagrams(from.node, family),
      this.#datagrams(to.node, family),
    ]);
    sender.send(this.#book.encode(token), to.address, receiver.port);
  }

  async #datagrams(node: string, family: Family): Promise<UdpSocket> {
    const key = `${node} ${family}`;
    const opening = this.#udp.get(key) ?? this.#lab.node(node).sockets.udp({ family });
    this.#udp.set(key, opening);
    const socket = await opening;
    socket.onMessage = ({ data }) => this.#note(node, data);
    return socket;
  }

  async #connect(token: Token): Promise<void> {
    const { from, to, family } = token;
    const server = await this.#server(to.node, family, to.published?.port ?? 0);
    const port = to.published?.hostPort ?? server.port;
    const connection = await this.#lab.node(from.node).sockets.connectTcp({ family, address: to.address, port });
    this.#connections.push(connection);
    connection.onConnect = () => connection.write(this.#book.encode(token));
  }

  #server(node: string, family: Family, port: number): Promise<TcpServer> {
    const key = `${node} ${family} ${port}`;
    const opening = this.#servers.get(key) ?? this.#serve(node, family, port);
    this.#servers.set(key, opening);
    return opening;
  }

  async #serve(node: string, family: Family, port: number): Promise<TcpServer> {
    const server = await this.#lab.node(node).sockets.listenTcp({ family, port });
    server.onConnection = (connection) => {
      this.#connections.push(connection);
      connection.onData = (data) => this.#note(node, data);
    };
    return server;
  }

  #note(node: string, data: Buffer): void {
    const token = this.#book.find(data);
    if (token?.to.node === node) this.arrived.add(token);
  }
}
