import type { IcmpMessage, IcmpSocket } from '#lab/sockets.js';
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
  const receive = (node: string, message: IcmpMessage): void => {
    switch (message.kind) {
      case 'request':
        return context.probe(tokens.decode(message.payload) ?? NO_PROBE)?.arriveAt(node, message.address);
      case 'reply': {
        const probe = context.probe(tokens.decode(message.payload) ?? NO_PROBE);
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
  const sockets = new PerNode<IcmpSocket>(
    lab,
    (node, name) => {
      const socket = node.sockets.icmp({ family, pathMtu: 'probe' });
      socket.onMessage = (message) => receive(name, message);
      return socket;
    },
    (socket) => socket.close(),
  );
  return {
    open: (node) => void sockets.get(node),
    transmit: ({ id, request, address }) => {
      bySequence.set(id & 0xffff, id);
      sockets.get(request.from.node).sendRequest(address, identifier, id & 0xffff, tokens.encode(id));
    },
    close: () => sockets.close(),
  };
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
