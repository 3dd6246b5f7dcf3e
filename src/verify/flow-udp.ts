import type { LabNode } from '#lab/lab.js';
import type { Datagram, DatagramError, UdpSocket } from '#lab/sockets.js';
import { TOKEN_BYTES } from './flow-token.js';
import { onFreePort, PerNode, type Transport, type TransportContext } from './flow-transport.js';

/** The destination's answer: the token of the probe, then this. */
interface Answer {
  readonly node: string;
  readonly source: string;
}

/** Datagrams to a listener on each node, answered with the listener's name and the source that it saw. */
export function udpTransport(context: TransportContext): Transport {
  const { lab, family, tokens } = context;
  const serve = (node: string, socket: UdpSocket, { data, address, port }: Datagram): void => {
    const id = tokens.decode(data);
    if (id === undefined) return;
    context.probe(id)?.arriveAt(node, address);
    const answer: Answer = { node, source: address };
    answerOrNothing(
      socket,
      Buffer.concat([data.subarray(0, TOKEN_BYTES), Buffer.from(JSON.stringify(answer))]),
      address,
      port,
    );
  };
  const take = (node: string, { data }: Datagram): void => {
    const probe = context.probe(tokens.decode(data) ?? -1);
    if (probe?.request.from.node !== node) return;
    const answer = JSON.parse(data.toString('utf8', TOKEN_BYTES)) as Answer;
    if (answer.node === probe.request.to.node) probe.answer();
  };
  const refused = ({ code, offender, quoted }: DatagramError): void =>
    context.probe(tokens.decode(quoted) ?? -1)?.refuse(`${code}${offender === undefined ? '' : ` from ${offender}`}`);

  const servers = new PerNode<UdpSocket>(
    lab,
    (node, name) => {
      const socket = onFreePort((port) => node.sockets.udp({ family, port, pathMtu: 'probe' }));
      socket.onMessage = (datagram) => serve(name, socket, datagram);
      return socket;
    },
    close,
  );
  // Not the server's socket: both directions of a pair would be one connection to a firewall, and each open the other's way.
  const clients = new PerNode<UdpSocket>(
    lab,
    (node: LabNode, name) => {
      const socket = node.sockets.udp({ family, pathMtu: 'probe' });
      socket.onMessage = (datagram) => take(name, datagram);
      socket.onError = refused;
      return socket;
    },
    close,
  );
  return {
    open: (node) => void servers.get(node),
    transmit: ({ id, request, address }) => {
      const { port } = servers.get(request.to.node);
      clients.get(request.from.node).send(tokens.encode(id), address, port);
    },
    close: () => {
      servers.close();
      clients.close();
    },
  };
}

const close = (socket: UdpSocket): void => socket.close();

/** A node that cannot answer makes no answer: that is what the source will see. */
function answerOrNothing(socket: UdpSocket, data: Buffer, address: string, port: number): void {
  try {
    socket.send(data, address, port);
  } catch {
    // The probe's deadline tells.
  }
}
