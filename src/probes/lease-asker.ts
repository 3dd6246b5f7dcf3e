/** netlab as a DHCP client of its own: asks who leases addresses, takes leases and gives them back. */
import { randomBytes, randomInt } from 'node:crypto';
import { ETHER_TYPE_IPV4 } from '#lab/frames.js';
import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import type { Closable, PacketSocket, Refusal } from '#lab/sockets.js';
import type { LinkEnd } from '#lab/state.js';
import type { Endpoint } from '../plan/plan.js';
import type { CheckContext } from '../check/contract.js';
import { observedLink } from './observed-link.js';
import { patiently } from './patience.js';
import { decodeMessage, encodeMessage, magicCookie, type ReceivedMessage, type Recipient } from './dhcp-message.js';

/** A server that is there answers at once; silence is believed after this long, thrice. */
const ANSWER_MS = 500;
const TRIES = 3;
/** Servers may offer several clients the same address, and refuse it to all but the first that takes it. */
const MOST_REFUSALS = 20;
/** Locally administered, unicast; the rest is drawn. */
const MAC_PREFIX = '06:4e:4c';
const LARGEST_TRANSACTION = 0xffff_ffff;

/** A lease that netlab has taken for nobody. */
export interface TakenLease {
  readonly mac: string;
  readonly address: string;
  readonly server: Recipient;
}

/** A container's interface, or an outsider's, that is there and connected; undefined when there is none. */
export async function askingPlace({ lab, plan }: CheckContext): Promise<Endpoint | undefined> {
  const roles = ['container', 'outsider'] as const;
  const candidates = roles.flatMap((role) => plan.endpoints.filter((end) => end.role === role));
  const links = await Promise.all(candidates.map((end) => observedLink(lab, end)));
  return candidates.find((_, index) => links[index]?.running === true);
}

export class LeaseAsker implements Closable {
  readonly #socket: PacketSocket;
  readonly #link: string;
  readonly #signal: AbortSignal;
  readonly #heard = new Map<number, ReceivedMessage[]>();
  #refusal: Refusal | undefined;

  private constructor(socket: PacketSocket, link: string, signal: AbortSignal) {
    this.#link = link;
    this.#signal = signal;
    this.#socket = socket;
    this.#socket.onFrame = ({ data, outgoing }) => {
      const message = outgoing ? undefined : decodeMessage(data);
      if (message !== undefined) this.#heard.get(message.transaction)?.push(message);
    };
    this.#socket.onRefused = (refusal) => {
      this.#refusal = refusal;
    };
  }

  /** @param place interface out of which it asks, with MACs of its own */
  static async open(lab: Lab, { node, link }: LinkEnd, signal: AbortSignal): Promise<LeaseAsker> {
    const options = { link, etherType: ETHER_TYPE_IPV4, contains: magicCookie, bufferBytes: 1 << 20 };
    return new LeaseAsker(await lab.node(node).sockets.packet(options), link, signal);
  }

  close(): void {
    this.#socket.close();
  }

  /**
   * Asks everybody for an offer, three times when nobody answers. Takes none of them.
   * @param listenMs for how long after each time
   */
  async offers(listenMs = ANSWER_MS): Promise<readonly ReceivedMessage[]> {
    return await this.#transaction(async (transaction, mac, heard) => {
      for (let tries = 0; tries < TRIES && heard().length === 0; tries += 1) {
        this.#send({ type: 'discover', transaction, mac });
        await this.#listen(() => false, listenMs);
      }
      return heard().filter(({ type }) => type === 'offer');
    });
  }

  /** @returns the lease; undefined when nobody offers one */
  async take(): Promise<TakenLease | undefined> {
    for (let tries = 0; tries < MOST_REFUSALS; tries += 1) {
      const outcome = await this.#takeOnce();
      if (outcome !== 'refused') return outcome;
    }
    return undefined;
  }

  async #takeOnce(): Promise<TakenLease | 'refused' | undefined> {
    return await this.#transaction(async (transaction, mac, heard) => {
      const offer = await this.#ask({ type: 'discover', transaction, mac }, () => heard().find(isOffer));
      const { givenAddress: requestedAddress, server } = offer ?? {};
      if (requestedAddress === undefined || server === undefined) return undefined;
      const request = { type: 'request', transaction, mac, requestedAddress, server } as const;
      const answer = await this.#ask(request, () => heard().find(({ type }) => type === 'ack' || type === 'nak'));
      if (answer?.type !== 'ack') return answer === undefined ? undefined : 'refused';
      return { mac, address: requestedAddress, server: { mac: answer.fromMac, address: server } };
    });
  }

  /** Gives a lease back, whoever has taken it. Nobody answers that. */
  release({ mac, address, server }: TakenLease): void {
    const message = { type: 'release', transaction: newTransaction(), mac, ownAddress: address } as const;
    this.#socket.send(this.#link, encodeMessage({ ...message, server: server.address }, server));
  }

  #send(message: Parameters<typeof encodeMessage>[0]): void {
    this.#socket.send(this.#link, encodeMessage(message));
  }

  /** @throws LabError when what was sent has not left: silence says nothing then */
  async #listen(done: () => boolean, limitMs: number): Promise<void> {
    await patiently(() => this.#refusal !== undefined || done(), limitMs, this.#signal);
    if (this.#refusal !== undefined) throw new LabError(this.#refusal.message);
  }

  async #ask(
    message: Parameters<typeof encodeMessage>[0],
    answer: () => ReceivedMessage | undefined,
  ): Promise<ReceivedMessage | undefined> {
    for (let tries = 0; tries < TRIES && answer() === undefined; tries += 1) {
      this.#send(message);
      await this.#listen(() => answer() !== undefined, ANSWER_MS);
    }
    return answer();
  }

  async #transaction<T>(
    work: (transaction: number, mac: string, heard: () => readonly ReceivedMessage[]) => Promise<T>,
  ): Promise<T> {
    const transaction = newTransaction();
    const heard: ReceivedMessage[] = [];
    this.#heard.set(transaction, heard);
    const mac = [MAC_PREFIX, ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
    try {
      return await work(transaction, mac, () => heard);
    } finally {
      this.#heard.delete(transaction);
    }
  }
}

function isOffer({ type }: ReceivedMessage): boolean {
  return type === 'offer';
}

function newTransaction(): number {
  return randomInt(1, LARGEST_TRANSACTION);
}
