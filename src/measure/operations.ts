/**
 * Operations that netlab does itself, timed by tinybench: connections and requests, one after the other, with sockets in
 * both nodes. Both ends are in one event loop, whose own time is in every figure and the same for every network: it makes
 * differences look smaller than they are, never larger. The only importer of tinybench.
 */
import type { TcpConnection, TcpServer } from '#lab/sockets.js';
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
  let arrived: ((connection: TcpConnection) => void) | undefined;
  const server = await listening(bench, (connection) => arrived?.(connection));
  try {
    const rate = await rateOf(bench, async () => {
      const accepted = new Promise<TcpConnection>((resolve) => {
        arrived = resolve;
      });
      const startedMs = performance.now();
      const connection = await connect(bench, server);
      const connected = new Promise<void>((resolve, reject) => {
        connection.onConnect = resolve;
        connection.onError = ({ message }) => reject(new MeasuringError(message));
      });
      const [other] = await Promise.all([accepted, connected]);
      const overriddenDuration = performance.now() - startedMs;
      // Whatever comes after a reset is nobody's business.
      connection.onError = () => undefined;
      // A reset leaves no TIME_WAIT behind, of which a node has only as many as it has ports.
      for (const end of [connection, other]) end.reset();
      return { overriddenDuration };
    });
    return { values: { connectionsPerSecond: rate } };
  } finally {
    server.close();
  }
};

/** A small request and a small answer on a connection that is there. */
export const requests: Instrument = async (bench) => {
  const server = await listening(bench, (connection) => {
    connection.onData = (data) => connection.write(data);
  });
  const connection = await connect(bench, server);
  try {
    const request = Buffer.alloc(REQUEST_BYTES, 'netlab ');
    const rate = await rateOf(bench, async () => {
      const startedMs = performance.now();
      connection.write(request);
      await answer(connection);
      return { overriddenDuration: performance.now() - startedMs };
    });
    return { values: { requestsPerSecond: rate } };
  } finally {
    connection.reset();
    server.close();
  }
};

function answer(connection: TcpConnection): Promise<void> {
  return new Promise((resolve) => {
    let left = REQUEST_BYTES;
    connection.onData = (data) => {
      left -= data.length;
      if (left <= 0) resolve();
    };
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

async function listening({ to }: Bench, onConnection: (connection: TcpConnection) => void): Promise<TcpServer> {
  const server = await to.sockets.listenTcp({ family: 'ipv4', port: 0 });
  server.onConnection = onConnection;
  return server;
}

async function connect({ from, address }: Bench, { port }: TcpServer): Promise<TcpConnection> {
  return await from.sockets.connectTcp({ family: 'ipv4', address, port });
}
