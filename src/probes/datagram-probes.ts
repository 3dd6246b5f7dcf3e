/** UDP datagrams of exact sizes that may not be fragmented, from any endpoint to any other, and how each of them ends. */
import { randomBytes } from 'node:crypto';
import type { Lab } from '#lab/lab.js';
import type { Closable, DatagramError, Family, UdpSocket } from '#lab/sockets.js';
import type { Endpoint } from '../plan/plan.js';
import { addressIn } from './endpoint-choice.js';

/** Bytes of IP and UDP headers. */
const headerBytes = { ipv4: 28, ipv6: 48 } as const;
const NONCE_BYTES = 12;

/** How a datagram ended. */
export type Ending =
  /** The intended node's own socket has it, whole. */
  | { readonly kind: 'delivered' }
  /** The sender's own kernel refused it at once: `EMSGSIZE`, `ENETUNREACH`, ... */
  | { readonly kind: 'refused'; readonly code: string }
  /** Someone on the way sent an ICMP error. */
  | { readonly kind: 'signalled'; readonly code: string; readonly mtuBytes?: number; readonly offender?: string }
  | { readonly kind: 'silence' };

export interface Shot {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly family: Family;
  /** Of the IP packet, headers included. */
  readonly sizeBytes: number;
  /** What the datagram's payload begins with; no other one has it. */
  readonly nonce: Buffer;
  /** `silence` until something else is known. */
  ending: Ending;
}

/** A gun that keeps its sockets until it is closed. */
export class DatagramProbes implements Closable {
  readonly #lab: Lab;
  readonly #sockets = new Map<string, Promise<UdpSocket>>();
  readonly #shots = new Map<string, Shot>();
  readonly #prefix = randomBytes(NONCE_BYTES - 4);
  readonly #family: Family;

  constructor(lab: Lab, family: Family) {
    this.#lab = lab;
    this.#family = family;
  }

  /** Sends one datagram. Its ending is written into the shot when it becomes known. */
  async fire(from: Endpoint, to: Endpoint, sizeBytes: number): Promise<Shot> {
    const nonce = this.#nonce(this.#shots.size);
    const shot: Shot = { from, to, family: this.#family, sizeBytes, nonce, ending: { kind: 'silence' } };
    this.#shots.set(nonce.toString('latin1'), shot);
    await this.fireAgain(shot);
    return shot;
  }

  /** Sends the same datagram once more. */
  async fireAgain(shot: Shot): Promise<void> {
    const data = Buffer.alloc(shot.sizeBytes - headerBytes[this.#family]);
    shot.nonce.copy(data);
    const [sender, { port }] = await Promise.all([this.#socket(shot.from), this.#socket(shot.to)]);
    sender.send(data, addressIn(shot.to, this.#family), port, shot.nonce.readUInt32BE(this.#prefix.length));
  }

  close(): void {
    for (const opening of this.#sockets.values())
      opening.then(
        (socket) => socket.close(),
        () => undefined,
      );
    this.#sockets.clear();
  }

  #socket(endpoint: Endpoint): Promise<UdpSocket> {
    const opening = this.#sockets.get(endpoint.node) ?? this.#open(endpoint.node);
    this.#sockets.set(endpoint.node, opening);
    return opening;
  }

  async #open(node: string): Promise<UdpSocket> {
    const socket = await this.#lab.node(node).sockets.udp({ family: this.#family, pathMtu: 'probe' });
    socket.onMessage = ({ data }) => this.#received(node, data);
    socket.onRefused = ({ id, code }) => this.#refused(id, code);
    socket.onError = (error) => this.#failed(node, error);
    return socket;
  }

  #shotOf(data: Buffer): Shot | undefined {
    return this.#shots.get(data.toString('latin1', 0, NONCE_BYTES));
  }

  #received(node: string, data: Buffer): void {
    const shot = this.#shotOf(data);
    const whole = data.length === (shot?.sizeBytes ?? 0) - headerBytes[this.#family];
    if (shot !== undefined && shot.to.node === node && whole) shot.ending = { kind: 'delivered' };
  }

  #refused(id: number, code: string): void {
    const shot = this.#shotOf(this.#nonce(id));
    if (shot !== undefined) shot.ending = { kind: 'refused', code };
  }

  #nonce(id: number): Buffer {
    const nonce = Buffer.concat([this.#prefix, Buffer.alloc(4)]);
    nonce.writeUInt32BE(id, this.#prefix.length);
    return nonce;
  }

  /** An ICMP error may quote less than our nonce: then it is about what was sent there and is too large for it. */
  #failed(node: string, { code, mtuBytes, offender, quoted, destination }: DatagramError): void {
    const named = this.#shotOf(quoted);
    const about = (shot: Shot) =>
      shot.from.node === node && addressIn(shot.to, this.#family) === destination && shot.sizeBytes > (mtuBytes ?? 0);
    const meant = named === undefined ? [...this.#shots.values()].filter(about) : [named];
    const detail = { ...(mtuBytes === undefined ? {} : { mtuBytes }), ...(offender === undefined ? {} : { offender }) };
    for (const shot of meant) if (shot.ending.kind === 'silence') shot.ending = { kind: 'signalled', code, ...detail };
  }
}
