import { createServer, Socket } from 'node:net';
import { systemCall, trySystemCall } from '../kernel/libc.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type {
  Family,
  SocketAddress,
  TcpConnection,
  TcpConnectOptions,
  TcpError,
  TcpListenOptions,
  TcpServer,
} from '../sockets.js';
import { localPort, onlyIpv6, openSocket, prepared, SOCK_STREAM, SOL_SOCKET, setOption } from './descriptor.js';
import { anyAddress, decodeSocketAddress, domainOf, encodeSocketAddress } from './socket-address.js';

const SO_REUSEADDR = 2;
const BACKLOG = 1024;
/** struct sockaddr_storage. */
const ADDRESS_BYTES = 128;
const gone: SocketAddress = { address: '', port: 0 };

/** A connection of Node.js, of which nothing is an exception and nothing has to be asked. */
class KernelTcpConnection implements TcpConnection {
  readonly peer: SocketAddress;
  onConnect: () => void = () => {};
  onData: (data: Buffer) => void = () => {};
  onEnd: () => void = () => {};
  onError: (error: TcpError) => void = () => {};
  onClose: () => void = () => {};
  readonly #socket: Socket;

  /** @param onClosed told when it is closed, before `onClose` */
  constructor(socket: Socket, peer: SocketAddress, idleTimeoutMs: number | undefined, onClosed: () => void) {
    this.#socket = socket.setNoDelay();
    this.peer = peer;
    if (idleTimeoutMs !== undefined) socket.setTimeout(idleTimeoutMs, () => socket.destroy());
    socket.on('connect', () => this.onConnect());
    socket.on('data', (data: Buffer) => this.onData(data));
    socket.on('end', () => this.onEnd());
    // In a later turn: a refusal at once would come before whoever opened this could listen.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      setImmediate(() => this.onError({ code: error.code ?? error.message, message: error.message })),
    );
    socket.on('close', () => {
      onClosed();
      setImmediate(() => this.onClose());
    });
  }

  write(data: Buffer | string): void {
    this.#socket.write(data);
  }

  end(data?: Buffer | string): void {
    if (data === undefined) this.#socket.end();
    else this.#socket.end(data);
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }
}

function openTcp(namespace: NetworkNamespace, family: Family, prepare: (fd: number) => void): number {
  return prepared(openSocket(namespace, domainOf(family), SOCK_STREAM, 0), (fd) => {
    if (family === 'ipv6') onlyIpv6(fd);
    prepare(fd);
  });
}

/** Told of a connection that is there, with the way to close it; what it returns is called once it is closed. */
export type Opened = (close: () => void) => () => void;

/**
 * A server on every address of the node. It already listens when this returns: bound here and not by Node.js, which would
 * do it later and tell of a port in use only by an event.
 * @throws SystemCallError EADDRINUSE
 */
export function listenTcp(namespace: NetworkNamespace, options: TcpListenOptions, opened: Opened): TcpServer {
  const { family, port, idleTimeoutMs } = options;
  const local = encodeSocketAddress(family, anyAddress(family), port);
  const fd = openTcp(namespace, family, (socket) => {
    setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    systemCall('bind', socket, local, local.length);
    systemCall('listen', socket, BACKLOG);
  });
  const served: TcpServer = { port: localPort(fd), onConnection: () => {}, close: () => void server.close() };
  const server = createServer((socket) => {
    const closed = opened(() => socket.destroy());
    served.onConnection(new KernelTcpConnection(socket, peerOf(socket), idleTimeoutMs, closed));
  }).listen({ fd });
  const closed = opened(() => void server.close());
  server.once('close', closed);
  return served;
}

/**
 * Asked of the kernel: Node.js looks up the name of a link-local peer's interface in the namespace that the thread is in,
 * where no interface has that index, and throws.
 */
function peerOf(socket: Socket): SocketAddress {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } | null };
  const name = Buffer.alloc(ADDRESS_BYTES);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(name.length);
  if (handle === null || trySystemCall('getpeername', handle.fd, name, length) < 0) return gone;
  return decodeSocketAddress(name.subarray(0, length.readUInt32LE(0))) ?? gone;
}

/** A connection from the node, being made. */
export function connectTcp(
  namespace: NetworkNamespace,
  options: TcpConnectOptions,
  opened: Opened = () => () => {},
): TcpConnection {
  const { family, address, port, idleTimeoutMs } = options;
  const fd = openTcp(namespace, family, () => {});
  const socket = new Socket({ fd });
  const closed = opened(() => socket.destroy());
  const connection = new KernelTcpConnection(socket, { address, port }, idleTimeoutMs, closed);
  socket.connect({ host: address, port });
  return connection;
}
