/** A flow of the reachability checks, sent again so that it can be followed. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Lab } from '#lab/lab.js';
import { type Closable, openAll, type TcpConnection, type UdpSocket } from '#lab/sockets.js';
import { toBytes } from '../address/ip.js';
import type { FlowRequest } from '../check/flow.js';
import { addressIn } from '../probes/endpoint-choice.js';
import type { LostProbe } from './lost-probe.js';

const NONCE_BYTES = 16;

/** A probe with the sockets that it needs, to be closed afterwards. */
export interface FlowProbe extends Closable {
  readonly probe: LostProbe;
}

const makers: Readonly<Record<FlowRequest['protocol'], (lab: Lab, flow: FlowRequest) => Promise<FlowProbe>>> = {
  icmp: icmpProbe,
  udp: udpProbe,
  tcp: tcpProbe,
};

export async function flowProbe(lab: Lab, flow: FlowRequest): Promise<FlowProbe> {
  return await makers[flow.protocol](lab, flow);
}

async function icmpProbe(lab: Lab, flow: FlowRequest): Promise<FlowProbe> {
  const { from, to, family } = flow;
  const socket = await lab.node(from.node).sockets.icmp({ family });
  const nonce = randomBytes(NONCE_BYTES);
  const resend = () =>
    socket.sendRequest({
      address: addressIn(to, family),
      identifier: randomInt(1, 0xffff),
      sequence: 1,
      payload: nonce,
    });
  return {
    probe: { from, to, family, marks: [{ contains: nonce }], answered: true, resend },
    close: () => socket.close(),
  };
}

async function udpProbe(lab: Lab, flow: FlowRequest): Promise<FlowProbe> {
  const { from, to, family } = flow;
  const opened = await openAll([from, to], ({ node }) => lab.node(node).sockets.udp({ family }));
  const [sender, receiver] = opened as readonly [UdpSocket, UdpSocket];
  // Refused by the answering node's own kernel, the answer is missing from the first place on.
  receiver.onMessage = ({ data, address, port }) => receiver.send(data, address, port);
  const nonce = randomBytes(NONCE_BYTES);
  const resend = () => sender.send(nonce, addressIn(to, family), receiver.port);
  const close = () => {
    sender.close();
    receiver.close();
  };
  return { probe: { from, to, family, marks: [{ contains: nonce }], answered: true, resend }, close };
}

/** A SYN has no room for a nonce: it is known by its addresses and the port that was made for it. */
async function tcpProbe(lab: Lab, flow: FlowRequest): Promise<FlowProbe> {
  const { from, to, family } = flow;
  const { sockets } = lab.node(to.node);
  const server = await sockets.listenTcp({ family, port: 0 });
  server.onConnection = (connection) => connection.close();
  const { port } = server;
  const [source, target] = [toBytes(addressIn(from, family)), toBytes(addressIn(to, family))];
  const marks = [
    portMark(Buffer.concat([source, target]), 2, port),
    portMark(Buffer.concat([target, source]), 0, port),
  ];
  const connections: TcpConnection[] = [];
  const resend = async () => {
    connections.push(await lab.node(from.node).sockets.connectTcp({ family, address: addressIn(to, family), port }));
  };
  const close = () => {
    for (const connection of connections) connection.close();
    server.close();
  };
  return { probe: { from, to, family, marks, answered: true, resend }, close };
}

/** Both addresses end the IP header (RFC 791 without options, RFC 8200); the source and destination ports follow. */
function portMark(contains: Buffer, portOffset: 0 | 2, port: number): LostProbe['marks'][number] {
  const accept = (frame: Buffer): boolean => {
    const at = frame.indexOf(contains) + contains.length + portOffset;
    return at + 2 <= frame.length && frame.readUInt16BE(at) === port;
  };
  return { contains, accept };
}
