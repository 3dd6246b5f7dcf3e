import type { EchoRequest, IcmpMessage, IcmpSocket } from '#lab/sockets.js';
import { PerNode, type Transport, type TransportContext } from './flow-transport.js';

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
      socket.onRefused = ({ id, code }) => context.probe(id)?.onRefused(code);
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
      const { id, address } = probe;
      outgoing.add(sockets.get(probe.request.from.node), { address, identifier, sequence, payload, id });
    },
    flush: () => outgoing.flush(),
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
  #gathered = new Map<IcmpSocket, EchoRequest[]>();

  add(socket: IcmpSocket, request: EchoRequest): void {
    const own = this.#gathered.get(socket);
    if (own === undefined) this.#gathered.set(socket, [request]);
    else own.push(request);
  }

  flush(): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [socket, requests] of gathered) void socket.sendRequests(requests);
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
