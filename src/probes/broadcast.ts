import type { UdpSocket } from '#lab/sockets.js';
import { lastAddress, parsePrefix } from '../address/prefix.js';

/** RFC 863. */
const DISCARD_PORT = 9;
const SIZE_BYTES = 8;

/**
 * Sends a small broadcast into the network of each IPv4 address, to the port that discards everything.
 * @param addresses with prefix length; what has no broadcast address is left out
 */
export function tryBroadcast(socket: UdpSocket, addresses: readonly string[]): void {
  // Refused when the address or its interface is gone: there is nothing to send into.
  for (const target of addresses.flatMap(broadcastAddress)) socket.send(Buffer.alloc(SIZE_BYTES), target, DISCARD_PORT);
}

function broadcastAddress(address: string): readonly string[] {
  const prefix = parsePrefix(address);
  return prefix.family === 'ipv4' && prefix.length < 31 ? [lastAddress(prefix).text] : [];
}
