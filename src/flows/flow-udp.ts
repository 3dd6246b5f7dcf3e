import type { LabNode } from '#lab/lab.js';
import type { Datagram, DatagramError, UdpSocket } from '#lab/sockets.js';
import type { Probe } from './flow-probe.js';
import { TOKEN_BYTES } from './flow-token.js';
import { onFreePort, PerNode, type Transport, type TransportContext } from './flow-transport.js';

/** The destination's answer: the token of the probe, then this as JSON. */
interface Answer {
  readonly node: string;
  readonly source: string;
}

/** Datagrams to a listener on each node, answered with the listener's name and the source that it saw. */
export function udpTransport(context: TransportContext): Transport {
  return new UdpTransport(context);
}

class UdpTransport implements Transport {
  readonly #context: TransportContext;
  readonly #servers: PerNode<UdpSocket>;
  /** Not the servers: both directions of a pair would be one connection to a firewall, and each open the other's way. */
  readonly #clients: PerNode<UdpSocket>;

  constructor(context: TransportContext) {
    this.#context = context;
    this.#servers = new PerNode(context.lab, (node, name) => this.#openServer(node, name), closeSocket);
    this.#clients = new PerNode(context.lab, (node, name) => this.#openClient(node, name), closeSocket);
  }

  open(node: string): Promise<void> {
    return this.#servers.open(node);
  }

  openSource(node: string): Promise<void> {
    return this.#clients.open(node);
  }

  transmit({ id, request, address }: Probe): void {
    const { port } = this.#servers.get(request.to.node);
    this.#clients.get(request.from.node).send(this.#context.tokens.encode(id), address, port, id);
  }

  close(): void {
    this.#servers.close();
    this.#clients.close();
  }

  async #openServer(node: LabNode, name: string): Promise<UdpSocket> {
    const { family } = this.#context;
    const socket = await onFreePort((port) => node.sockets.udp({ family, port, pathMtu: 'probe' }));
    socket.onMessage = (datagram) => this.#serve(name, socket, datagram);
    return socket;
  }

  async #openClient(node: LabNode, name: string): Promise<UdpSocket> {
    const socket = await node.sockets.udp({ family: this.#context.family, pathMtu: 'probe' });
    socket.onMessage = (datagram) => this.#take(name, datagram);
    socket.onRefused = ({ id, code }) => this.#context.probe(id)?.onRefused(code);
    socket.onError = (error) => this.#refused(error);
    return socket;
  }

  #probeOf(data: Buffer): Probe | undefined {
    const id = this.#context.tokens.decode(data);
    return id === undefined ? undefined : this.#context.probe(id);
  }

  #serve(node: string, socket: UdpSocket, { data, address, port }: Datagram): void {
    const probe = this.#probeOf(data);
    if (probe === undefined) return;
    probe.arriveAt(node, address);
    const answer: Answer = { node, source: address };
    const reply = Buffer.concat([data.subarray(0, TOKEN_BYTES), Buffer.from(JSON.stringify(answer))]);
    // A node whose kernel refuses to send that makes no answer: the probe's deadline tells.
    socket.send(reply, address, port);
  }

  #take(node: string, { data }: Datagram): void {
    const probe = this.#probeOf(data);
    if (probe?.request.from.node !== node) return;
    const answer = JSON.parse(data.toString('utf8', TOKEN_BYTES)) as Answer;
    if (answer.node === probe.request.to.node) probe.answer();
  }

  #refused({ code, offender, quoted }: DatagramError): void {
    this.#probeOf(quoted)?.refuse(offender === undefined ? code : `${code} from ${offender}`);
  }
}

const closeSocket = (socket: UdpSocket): void => socket.close();
