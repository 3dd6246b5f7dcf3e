import type { EchoRequest, IcmpMessage, IcmpSocket } from '#lab/sockets.js';
import type { Probe } from './flow-probe.js';
import { PerNode, type Refused, type Transport, type TransportContext } from './flow-transport.js';

/**
 * Echo requests: the destination's own raw socket must see the request, because the reply may come from another owner of
 * its address; the reply itself is the work of the destination's kernel.
 */
export function icmpTransport(context: TransportContext): Transport {
  const { lab, family, tokens } = context;
  // ICMP errors need not quote more of a request than this and the sequence number.
  const identifier = Math.floor(Math.random() * 0x10000);
  const bySequence = new Map<number, number>();
  const receive = receiver(context, identifier, bySequence);
  const sockets = new PerNode<IcmpSocket>(
    lab,
    async (node, name) => {
      const socket = await node.sockets.icmp({ family, pathMtu: 'probe' });
      socket.onMessage = (message) => receive(name, message);
      return socket;
    },
    (socket) => socket.close(),
  );
  const outgoing = new Outgoing();
  return {
    open: (node) => sockets.open(node),
    transmit: (probe) => {
      const sequence = probe.id & 0xffff;
      bySequence.set(sequence, probe.id);
      const payload = tokens.encode(probe.id);
      outgoing.add(sockets.get(probe.request.from.node), probe, {
        address: probe.address,
        identifier,
        sequence,
        payload,
      });
    },
    flush: (refused) => outgoing.flush(refused),
    close: () => sockets.close(),
  };
}

/** What is done with a message that a node's socket got. */
function receiver(
  context: TransportContext,
  identifier: number,
  bySequence: ReadonlyMap<number, number>,
): (node: string, message: IcmpMessage) => void {
  const probeOf = (payload: Buffer) => context.probe(context.tokens.decode(payload) ?? NO_PROBE);
  return (node, message) => {
    switch (message.kind) {
      case 'request':
        return probeOf(message.payload)?.arriveAt(node, message.address);
      case 'reply': {
        const probe = probeOf(message.payload);
        return probe?.request.from.node === node ? probe.answer() : undefined;
      }
      default: {
        const quoted = message.request;
        const id = quoted?.identifier === identifier ? bySequence.get(quoted.sequence) : undefined;
        const probe = context.probe(id ?? NO_PROBE);
        if (probe?.address === quoted?.destination) probe?.refuse(wordsOf(message));
      }
    }
  };
}

/** Requests that go out together, by the socket that sends them. */
class Outgoing {
  #gathered = new Map<IcmpSocket, { readonly probes: Probe[]; readonly requests: EchoRequest[] }>();

  add(socket: IcmpSocket, probe: Probe, request: EchoRequest): void {
    const own = this.#gathered.get(socket) ?? { probes: [], requests: [] };
    own.probes.push(probe);
    own.requests.push(request);
    this.#gathered.set(socket, own);
  }

  flush(refused: Refused): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [socket, { probes, requests }] of gathered)
      void socket.sendRequests(requests, (index, error) => refused(probes[index] as Probe, error));
  }
}

const NO_PROBE = -1;

function wordsOf(message: IcmpMessage): string {
  switch (message.kind) {
    case 'too-big':
      return `EMSGSIZE: ${message.address} has only ${message.mtuBytes} bytes of MTU ahead`;
    case 'time-exceeded':
      return `the packet went in circles until ${message.address} dropped it (time exceeded)`;
    case 'unreachable':
      return `EHOSTUNREACH: ${message.address} says destination unreachable (code ${message.code})`;
    default:
      return message.kind;
  }
}
