/** DNS questions from inside a node, as its own resolver would ask them. The only importer of dns-packet. */
import { randomInt } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { LabNode } from '#lab/lab.js';
import type { Datagram, UdpSocket } from '#lab/sockets.js';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV' | 'PTR';
}

/** Who is asked. */
export interface Resolver {
  readonly address: string;
  /** 53 unless said otherwise. */
  readonly port?: number;
}

export interface SrvRecord {
  readonly target: string;
  readonly port: number;
}

/** What came back. */
export interface Reply {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, ... (RFC 1035, RFC 2136). */
  readonly code: string;
  /** Addresses of the answer's A and AAAA records. */
  readonly addresses: readonly string[];
  readonly services: readonly SrvRecord[];
  /** Addresses of the additional section by owner name, in lower case: where the targets of SRV records are. */
  readonly additional: ReadonlyMap<string, readonly string[]>;
  /** The answer did not fit into the datagram (TC). */
  readonly truncated: boolean;
}

/** An answer, or why there is none: `no answer within 1000 ms`, `ECONNREFUSED`. */
export type Resolution = { readonly reply: Reply } | { readonly problem: string };

/** Between two sendings of the same question: a datagram may be lost. */
const RESEND_MS = 300;
/** What we can take (EDNS, RFC 6891): Consul cuts its answers after three records otherwise. */
const UDP_PAYLOAD_BYTES = 4096;

/** Asks one question over UDP. Never throws for what the network does. */
export async function resolveName(
  node: LabNode,
  resolver: Resolver,
  question: Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Resolution> {
  signal.throwIfAborted();
  const family = isIPv6(resolver.address) ? 'ipv6' : 'ipv4';
  const socket = await node.sockets.udp({ family });
  try {
    return await exchange(socket, resolver, question, timeoutMs, signal);
  } finally {
    socket.close();
  }
}

async function exchange(
  socket: UdpSocket,
  { address, port = 53 }: Resolver,
  question: Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Resolution> {
  const id = randomInt(0x1_0000);
  const query = encode(queryOf(id, question));
  return await new Promise<Resolution>((resolve, reject) => {
    const end = (resolution: Resolution): void => {
      clearInterval(again);
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      resolve(resolution);
    };
    const stop = (): void => {
      end({ problem: 'stopped' });
      reject(signal.reason as Error);
    };
    const send = (): void => socket.send(query, address, port);
    const again = setInterval(send, RESEND_MS);
    const late = setTimeout(() => end({ problem: `no answer within ${timeoutMs} ms` }), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    socket.onRefused = ({ code }) => end({ problem: code });
    socket.onError = ({ code }) => end({ problem: code });
    socket.onMessage = (datagram) => {
      const reply = replyIn(datagram, id, address);
      if (reply !== undefined) end({ reply });
    };
    send();
  });
}

function queryOf(id: number, { name, type }: Question): Packet {
  const edns = { type: 'OPT', name: '.', udpPayloadSize: UDP_PAYLOAD_BYTES, extendedRcode: 0, ednsVersion: 0 };
  return {
    type: 'query',
    id,
    flags: 0x0100, // recursion desired, RFC 1035 section 4.1.1
    questions: [{ type, name }],
    additionals: [{ ...edns, flags: 0, flag_do: false, options: [] } as unknown as Answer],
  };
}

/** Undefined for what is no answer to our question, whoever sent it. */
function replyIn({ data, address }: Datagram, id: number, asked: string): Reply | undefined {
  if (address !== asked) return undefined;
  try {
    const packet = decode(data);
    return packet.type === 'response' && packet.id === id ? asReply(packet) : undefined;
  } catch {
    return undefined;
  }
}

function asReply(packet: Packet): Reply {
  const answers = packet.answers ?? [];
  const additional = new Map<string, string[]>();
  for (const record of packet.additionals ?? []) {
    if (record.type !== 'A' && record.type !== 'AAAA') continue;
    const owner = record.name.toLowerCase();
    additional.set(owner, [...(additional.get(owner) ?? []), record.data]);
  }
  return {
    code: (packet as { rcode?: string }).rcode ?? 'NOERROR',
    addresses: answers.flatMap((record) => (record.type === 'A' || record.type === 'AAAA' ? [record.data] : [])),
    services: answers.flatMap((record) =>
      record.type === 'SRV' ? [{ target: record.data.target.toLowerCase(), port: record.data.port }] : [],
    ),
    additional,
    truncated: (packet as { flag_tc?: boolean }).flag_tc ?? false,
  };
}
