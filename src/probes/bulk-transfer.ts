/** One bulk TCP transfer between two endpoints: does it complete, and how fast. */
import type { Lab } from '#lab/lab.js';
import type { Family, TcpConnection } from '#lab/sockets.js';
import type { Endpoint } from '../plan/plan.js';
import { addressIn } from './endpoint-choice.js';
import { patiently } from './patience.js';

export interface TransferRequest {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly family: Family;
  readonly bytes: number;
  /** Repeated all through what is sent, so that a tap can recognise any segment. */
  readonly pattern?: Buffer;
}

export interface TransferResult extends TransferRequest {
  readonly completed: boolean;
  /** What the receiver's own socket got. */
  readonly receivedBytes: number;
  /** From the start of the connection to the last byte at the receiver. */
  readonly durationMs: number;
  /** Why it did not complete: `no connection within 600 ms`, `nothing more arrived for 600 ms`, `ECONNREFUSED`. */
  readonly problem?: string;
}

/** Longer than the first retransmissions (TCP_TIMEOUT_INIT is 1 s only for SYN; afterwards 200 ms). */
const STALL_MS = 1200;
const CHUNK_BYTES = 256 * 1024;
const plainChunk = Buffer.alloc(CHUNK_BYTES, 'netlab ');

/** @throws the signal's reason when it aborts first */
export async function transfer(lab: Lab, request: TransferRequest, signal: AbortSignal): Promise<TransferResult> {
  const { from, to, family } = request;
  let received = 0;
  let lastMs = 0;
  const accepted: TcpConnection[] = [];
  const take = (connection: TcpConnection) => {
    accepted.push(connection);
    connection.onData = (data) => {
      received += data.length;
      lastMs = performance.now();
    };
  };
  const server = await lab.node(to.node).sockets.listenTcp({ family, port: 0 });
  server.onConnection = take;
  let sender: TcpConnection | undefined;
  try {
    const target = { family, address: addressIn(to, family), port: server.port };
    const startedMs = performance.now();
    sender = await lab.node(from.node).sockets.connectTcp(target);
    const failure = feed(sender, request);
    const problem = await completion(
      request.bytes,
      () => received,
      () => failure.code,
      signal,
    );
    const durationMs = (problem === undefined ? lastMs : performance.now()) - startedMs;
    const result = { ...request, completed: problem === undefined, receivedBytes: received, durationMs };
    return problem === undefined ? result : { ...result, problem };
  } finally {
    sender?.close();
    for (const connection of accepted) connection.close();
    server.close();
  }
}

/** Bits per second that the receiver got. */
export function goodputBitsPerSecond({ receivedBytes, durationMs }: TransferResult): number {
  return Math.round((receivedBytes * 8000) / Math.max(durationMs, 0.001));
}

/** Sends everything once it is connected. @returns why it broke, as soon as that is known */
function feed(connection: TcpConnection, { bytes, pattern }: TransferRequest): { readonly code: string | undefined } {
  const state: { code: string | undefined } = { code: undefined };
  const chunk = pattern === undefined ? plainChunk : Buffer.alloc(CHUNK_BYTES, pattern);
  connection.onError = ({ code }) => {
    state.code ??= code;
  };
  connection.onConnect = () => {
    for (let sent = 0; sent < bytes; sent += chunk.length)
      connection.write(chunk.subarray(0, Math.min(chunk.length, bytes - sent)));
  };
  return state;
}

/** @returns what kept it from completing */
async function completion(
  bytes: number,
  received: () => number,
  failure: () => string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let before = -1; before < received(); ) {
    before = received();
    await patiently(() => received() >= bytes || failure() !== undefined, STALL_MS, signal);
    if (received() >= bytes) return undefined;
    if (failure() !== undefined) return failure();
  }
  return received() === 0 ? `nothing arrived within ${STALL_MS} ms` : `nothing more arrived for ${STALL_MS} ms`;
}
