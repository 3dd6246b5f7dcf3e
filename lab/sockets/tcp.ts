import { createServer, type Server, Socket } from 'node:net';
import { systemCall } from '../kernel/libc.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { Family, TcpListenOptions } from '../sockets.js';
import { onlyIpv6, openSocket, prepared, SOCK_STREAM, SOL_SOCKET, setOption } from './descriptor.js';
import { anyAddress, domainOf, encodeSocketAddress } from './socket-address.js';

const SO_REUSEADDR = 2;
const BACKLOG = 1024;

function openTcp(namespace: NetworkNamespace, family: Family, prepare: (fd: number) => void): number {
  return prepared(openSocket(namespace, domainOf(family), SOCK_STREAM, 0), (fd) => {
    if (family === 'ipv6') onlyIpv6(fd);
    prepare(fd);
  });
}

/**
 * A server on every address of the node. It already listens when this returns: bound here and not by Node.js, which would
 * do it later and tell of a port in use only by an event.
 * @throws SystemCallError EADDRINUSE
 */
export function listenTcp(namespace: NetworkNamespace, options: TcpListenOptions): Server {
  const local = encodeSocketAddress(options.family, anyAddress(options.family), options.port);
  const fd = openTcp(namespace, options.family, (socket) => {
    setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    systemCall('bind', socket, local, local.length);
    systemCall('listen', socket, BACKLOG);
  });
  return createServer(options.onConnection).listen({ fd });
}

/**
 * A connection from the node, being made: events `connect` and `error` tell, with `code` ECONNREFUSED and the like.
 * @param target an address, not a name
 */
export function connectTcp(
  namespace: NetworkNamespace,
  target: { readonly family: Family; readonly address: string; readonly port: number },
): Socket {
  const fd = openTcp(namespace, target.family, () => {});
  return new Socket({ fd }).connect({ host: target.address, port: target.port });
}
