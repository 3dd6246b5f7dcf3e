/**
 * Operations that netlab does itself, timed by tinybench: connections and requests, one after the other, with sockets in
 * both nodes. Both ends are in one event loop, whose own time is in every figure and the same for every network: it makes
 * differences look smaller than they are, never larger. The only importer of tinybench.
 */
import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Bench as TinyBench } from 'tinybench';
import { withinLimit } from './deadline.js';
import { type Bench, type Instrument, MeasuringError } from './instrument.js';

/** A thousand and more of them, whose median varies by a hundredth. */
const TIME_MS = 50;
const LEAST = 20;
/** All of them: one that hangs is given up with the rest. */
const LIMIT_MS = 3_000;
const REQUEST_BYTES = 64;

/** From the call of connect(2) until both ends have a socket. */
export const connections: Instrument = async (bench) => {
  const arrivals = new EventEmitter<{ arrival: [Socket] }>();
  const server = await listening(bench, (socket) => void arrivals.emit('arrival', socket));
  try {
    const rate = await rateOf(bench, async () => {
      const accepted = once(arrivals, 'arrival') as Promise<[Socket]>;
      const startedMs = performance.now();
      const socket = connect(bench, server);
      const [[other]] = await Promise.all([accepted, once(socket, 'connect')]);
      const overriddenDuration = performance.now() - startedMs;
      // A reset leaves no TIME_WAIT behind, of which a node has only as many as it has ports.
      for (const end of [socket, other.on('error', () => undefined)]) end.resetAndDestroy();
      return { overriddenDuration };
    });
    return { values: { connectionsPerSecond: rate } };
  } finally {
    server.close();
  }
};

/** A small request and a small answer on a connection that is there. */
export const requests: Instrument = async (bench) => {
  const server = await listening(bench, (socket) => {
    socket.setNoDelay().on('error', () => undefined);
    socket.on('data', (data) => socket.write(data));
  });
  const socket = connect(bench, server);
  try {
    socket.setNoDelay();
    const request = Buffer.alloc(REQUEST_BYTES, 'netlab ');
    const rate = await rateOf(bench, async () => {
      const startedMs = performance.now();
      socket.write(request);
      await answer(socket);
      return { overriddenDuration: performance.now() - startedMs };
    });
    return { values: { requestsPerSecond: rate } };
  } finally {
    socket.resetAndDestroy();
    server.close();
  }
};

function answer(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    let left = REQUEST_BYTES;
    const onData = (data: Buffer): void => {
      left -= data.length;
      if (left > 0) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
  });
}

/** Operations per second, one after the other, by their median. */
async function rateOf(bench: Bench, operation: () => Promise<{ overriddenDuration: number }>): Promise<number> {
  const tiny = new TinyBench({ time: TIME_MS, iterations: LEAST, warmup: false });
  tiny.add('operation', operation);
  const [task] = await withinLimit(tiny.run(), LIMIT_MS, bench.signal);
  const result = task?.result;
  if (result?.state === 'errored') throw result.error;
  if (result?.state !== 'completed') throw new MeasuringError('the operation was not timed');
  return 1000 / result.latency.p50;
}

async function listening({ to }: Bench, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = to.sockets.listenTcp({ family: 'ipv4', port: 0, onConnection });
  if (!server.listening || server.address() === null) await once(server, 'listening');
  return server;
}

function connect({ from, address }: Bench, server: Server): Socket {
  const { port } = server.address() as AddressInfo;
  // What goes wrong is heard of by whoever waits for it, or by nobody after a reset.
  return from.sockets.connectTcp({ family: 'ipv4', address, port }).on('error', () => undefined);
}
