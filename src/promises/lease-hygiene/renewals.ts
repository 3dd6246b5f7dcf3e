/** Whether clients that are told to renew their lease do so, and get it. */
import { ETHER_TYPE_IPV4 } from '#lab/frames.js';
import type { ObservedLink } from '#lab/lab.js';
import type { Closable, PacketSocket } from '#lab/sockets.js';
import type { LinkEnd } from '#lab/state.js';
import type { RunningClient } from '../../probes/lease-record.js';
import type { CheckContext } from '../../check/contract.js';
import { observedLink } from '../../probes/observed-link.js';
import { patiently } from '../../probes/patience.js';
import { decodeMessage, magicCookie, type ReceivedMessage } from '../../probes/dhcp-message.js';

/** udhcpc repeats an unanswered request after seconds only; a server on the LAN answers at once. */
const RENEWAL_MS = 6_000;

/** What was heard of one renewal. */
export interface Renewal {
  readonly client: RunningClient;
  /** Address that the node had before; undefined when it had none. */
  readonly address: string | undefined;
  /** The client asked for its lease again. */
  readonly asked: boolean;
  /** The server's answer. */
  readonly answer: ReceivedMessage | undefined;
}

/** DHCP messages as they come and go at a node. */
export class LeaseTap implements Closable {
  readonly messages: Array<ReceivedMessage & { readonly outgoing: boolean }> = [];
  readonly #socket: PacketSocket;

  private constructor(socket: PacketSocket) {
    this.#socket = socket;
    socket.onFrame = ({ data, outgoing }) => {
      const message = decodeMessage(data);
      if (message !== undefined) this.messages.push({ ...message, outgoing });
    };
  }

  /** @param link only those of this interface; of all that the node has when absent */
  static async open(
    { lab }: CheckContext,
    { node, link }: { readonly node: string; readonly link?: string },
  ): Promise<LeaseTap> {
    const options = { etherType: ETHER_TYPE_IPV4, contains: magicCookie };
    return new LeaseTap(await lab.node(node).sockets.packet(link === undefined ? options : { ...options, link }));
  }

  close(): void {
    this.#socket.close();
  }
}

/** Tells all of them at once, and listens in each of their networks. */
export async function renewAll(context: CheckContext, clients: readonly RunningClient[]): Promise<readonly Renewal[]> {
  return await Promise.all(clients.map((client) => renew(context, client)));
}

async function renew(context: CheckContext, client: RunningClient): Promise<Renewal> {
  const { service, lease } = client;
  const link = await observedLink(context.lab, placeOf(client));
  const address = ipv4Of(link);
  if (address === undefined) return { client, address, asked: false, answer: undefined };
  const tap = await LeaseTap.open(context, placeOf(client));
  try {
    if (lease.renewSignal !== undefined) await context.lab.signal(service, lease.renewSignal);
    const asked = (): boolean => tap.messages.some(({ type, outgoing }) => outgoing && type === 'request');
    const answer = (): ReceivedMessage | undefined =>
      tap.messages.find(
        (message) => !message.outgoing && message.mac === link?.mac && /^(?:ack|nak)$/u.test(message.type),
      );
    await patiently(() => answer() !== undefined, RENEWAL_MS, context.signal);
    return { client, address, asked: asked(), answer: answer() };
  } finally {
    tap.close();
  }
}

/** The interface that a client keeps a lease for. */
export function placeOf({ node, lease }: RunningClient): LinkEnd {
  return { node, link: lease.link };
}

/** IPv4 address of that interface, without prefix length. */
export async function addressOf({ lab }: CheckContext, client: RunningClient): Promise<string | undefined> {
  return ipv4Of(await observedLink(lab, placeOf(client)));
}

/** IPv4 address, without prefix length. */
export function ipv4Of(link: ObservedLink | undefined): string | undefined {
  return link?.addresses.find((address) => !address.includes(':'))?.split('/')[0];
}
