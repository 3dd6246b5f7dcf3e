/** Sends tokens between nodes by UDP and TCP, and tells which of them their receivers' own sockets got. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Lab } from '#lab/lab.js';
import type { Closable, Family, UdpSocket } from '#lab/sockets.js';
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
  readonly #udp = new Map<string, UdpSocket>();
  readonly #servers = new Map<string, Server>();
  readonly #connections: Socket[] = [];

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
    for (const socket of this.#connections) socket.destroy();
    for (const closable of [...this.#udp.values(), ...this.#servers.values()]) closable.close();
  }

  async #send(token: Token): Promise<void> {
    try {
      if (token.protocol === 'udp') this.#sendDatagram(token);
      else await this.#connect(token);
    } catch (error) {
      // Refused by a kernel on the way: then it does not arrive, which is what counts.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  #sendDatagram(token: Token): void {
    const { from, to, family } = token;
    this.#datagrams(from.node, family).send(
      this.#book.encode(token),
      to.address,
      this.#datagrams(to.node, family).port,
    );
  }

  #datagrams(node: string, family: Family): UdpSocket {
    const key = `${node} ${family}`;
    const known = this.#udp.get(key);
    if (known !== undefined) return known;
    const socket = this.#lab.node(node).sockets.udp({ family });
    socket.onMessage = ({ data }) => this.#note(node, data);
    this.#udp.set(key, socket);
    return socket;
  }

  async #connect(token: Token): Promise<void> {
    const { from, to, family } = token;
    const server = this.#server(to.node, family, to.published?.port ?? 0);
    if (!server.listening || server.address() === null) await once(server, 'listening');
    const port = to.published?.hostPort ?? (server.address() as AddressInfo).port;
    const socket = this.#lab.node(from.node).sockets.connectTcp({ family, address: to.address, port });
    this.#connections.push(socket.on('error', () => {}));
    socket.once('connect', () => void socket.write(this.#book.encode(token)));
  }

  #server(node: string, family: Family, port: number): Server {
    const key = `${node} ${family} ${port}`;
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    const onConnection = (socket: Socket): void => {
      this.#connections.push(socket.on('error', () => {}));
      socket.on('data', (data) => this.#note(node, data));
    };
    const server = this.#lab.node(node).sockets.listenTcp({ family, port, onConnection });
    this.#servers.set(key, server);
    return server;
  }

  #note(node: string, data: Buffer): void {
    const token = this.#book.find(data);
    if (token?.to.node === node) this.arrived.add(token);
  }
}
