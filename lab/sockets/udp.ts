import { systemCall, trySystemCall } from '../kernel/libc.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { Datagram, DatagramError, Family, UdpOptions, UdpSocket } from '../sockets.js';
import {
  localPort,
  onlyIpv6,
  openSocket,
  PumpedSocket,
  prepared,
  probePathMtu,
  SOCK_DGRAM,
  SOL_SOCKET,
  setOption,
} from './descriptor.js';
import { queueErrors, takeError } from './errqueue.js';
import { EPOLLERR } from './event-pump.js';
import { receiveMessage } from './message.js';
import { anyAddress, decodeSocketAddress, domainOf, encodeSocketAddress, socketAddress } from './socket-address.js';

const SO_BROADCAST = 6;
/** Datagrams read in one go before other sockets have their turn. */
const READS_PER_TURN = 64;

class KernelUdpSocket extends PumpedSocket implements UdpSocket {
  readonly port: number;
  onMessage: (datagram: Datagram) => void = () => {};
  onError: (error: DatagramError) => void = () => {};
  readonly #family: Family;

  constructor(fd: number, family: Family) {
    super(fd);
    this.port = localPort(fd);
    this.#family = family;
  }

  send(data: Buffer, address: string, port: number, id = 0): void {
    if (!this.open) return;
    const first = this.#sendOnce(data, address, port);
    if (first >= 0) return;
    const { mtuBytes, foreign } = this.#takeErrors();
    // The kernel answers a send with the error of an earlier datagram: that one is in the queue, and this was not sent.
    const result = foreign ? this.#sendOnce(data, address, port) : first;
    if (result >= 0) return;
    const link = mtuBytes === undefined ? {} : { mtuBytes };
    this.refuse({ id, errno: -result, destination: address, ...link });
  }

  #sendOnce(data: Buffer, address: string, port: number): number {
    const to = socketAddress(this.#family, address, port);
    return trySystemCall('sendto', this.fd, data, data.length, 0, to, to.length);
  }

  protected ready(events: number): void {
    if ((events & EPOLLERR) !== 0) this.#takeErrors();
    for (let count = 0; count < READS_PER_TURN && this.open; count += 1) {
      const message = receiveMessage(this.fd);
      const from = message === undefined ? undefined : decodeSocketAddress(message.name());
      if (message === undefined || from === undefined) return;
      this.onMessage({ data: Buffer.from(message.data), ...from });
    }
  }

  /** Empties the error queue. Errors are told in a later turn, as refusals are. */
  #takeErrors(): { mtuBytes: number | undefined; foreign: boolean } {
    let mtuBytes: number | undefined;
    let foreign = false;
    for (let error = takeError(this.fd); error !== undefined; error = takeError(this.fd)) {
      const { local, ...told } = error;
      if (local) mtuBytes = error.mtuBytes;
      else {
        foreign = true;
        setImmediate(() => {
          if (this.open) this.onError(told);
        });
      }
    }
    return { mtuBytes, foreign };
  }
}

/** @throws SystemCallError EADDRINUSE, EADDRNOTAVAIL, ... */
export function openUdp(namespace: NetworkNamespace, options: UdpOptions): KernelUdpSocket {
  const { family } = options;
  const local = encodeSocketAddress(family, options.address ?? anyAddress(family), options.port ?? 0);
  const fd = prepared(openSocket(namespace, domainOf(family), SOCK_DGRAM, 0), (socket) => {
    if (family === 'ipv6') onlyIpv6(socket);
    setOption(socket, SOL_SOCKET, SO_BROADCAST, 1);
    queueErrors(socket, family);
    if (options.pathMtu === 'probe') probePathMtu(socket, family);
    systemCall('bind', socket, local, local.length);
  });
  return new KernelUdpSocket(fd, family);
}
