import { closeSync } from 'node:fs';
import { systemCall } from '../kernel/libc.js';
import { SystemCallError } from '../kernel/system-call-error.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { Closable, Refusal } from '../sockets.js';
import { eventPump } from './event-pump.js';

/** sys/socket.h. */
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SOL_IP = 0;
export const SOL_IPV6 = 41;
/** linux/in.h and linux/in6.h: DF is set, and what the kernel has learned of the path is ignored. */
const IP_MTU_DISCOVER = 10;
const IP_PMTUDISC_PROBE = 3;
const IPV6_MTU_DISCOVER = 23;
const IPV6_DONTFRAG = 62;
const IPV6_V6ONLY = 26;

/** A non-blocking descriptor inside a namespace, where it stays for life. */
export function openSocket(namespace: NetworkNamespace, domain: number, type: number, protocol: number): number {
  return namespace.run(() => systemCall('socket', domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

/** Prepares a descriptor that nobody owns yet. @throws what `prepare` throws, after closing the descriptor */
export function prepared(fd: number, prepare: (fd: number) => void): number {
  try {
    prepare(fd);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

const integer = Buffer.alloc(4);

export function setOption(fd: number, level: number, name: number, value: number): void {
  integer.writeInt32LE(value);
  systemCall('setsockopt', fd, level, name, integer, integer.length);
}

/** The port that a socket is bound to. */
export function localPort(fd: number): number {
  const name = Buffer.alloc(128);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(name.length);
  systemCall('getsockname', fd, name, length);
  return name.readUInt16BE(2);
}

/** An IPv6 socket that would also take IPv4 would take it away from the IPv4 socket beside it. */
export function onlyIpv6(fd: number): void {
  setOption(fd, SOL_IPV6, IPV6_V6ONLY, 1);
}

/** Every packet goes out whole or not at all, whatever path MTU the kernel has learned. */
export function probePathMtu(fd: number, family: 'ipv4' | 'ipv6'): void {
  if (family === 'ipv4') return setOption(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  setOption(fd, SOL_IPV6, IPV6_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  setOption(fd, SOL_IPV6, IPV6_DONTFRAG, 1);
}

/** What the kernel refused, and what is known of it besides. */
export interface Refused extends Pick<Refusal, 'id' | 'destination' | 'mtuBytes'> {
  readonly errno: number;
}

/** A descriptor that the event pump reads. */
export abstract class PumpedSocket implements Closable {
  readonly fd: number;
  /** Told once when the socket is closed. */
  onClosed: () => void = () => {};
  onRefused: (refusal: Refusal) => void = () => {};
  #open = true;
  #busy = 0;

  constructor(fd: number) {
    this.fd = fd;
    eventPump().add(fd, (events) => this.ready(events));
  }

  /** Reads what is there, with a bound. */
  protected abstract ready(events: number): void;

  get open(): boolean {
    return this.#open;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    eventPump().remove(this.fd);
    if (this.#busy === 0) this.release();
    this.onClosed();
  }

  /**
   * Tells that something was not sent: in a later turn, so that a caller of `send` is not called back before whatever follows
   * from it is done. Not a microtask: Node.js 20 reports what such a one throws without the context of who answers for it.
   */
  protected refuse({ errno, ...known }: Refused): void {
    const { destination, mtuBytes } = known;
    const detail = mtuBytes === undefined ? destination : `${destination}; the MTU of the link is ${mtuBytes} bytes`;
    const { code, message } = new SystemCallError('sendto', errno, detail);
    setImmediate(() => {
      if (this.#open) this.onRefused({ ...known, code, message });
    });
  }

  /** Does something that another thread needs the descriptor for: until then its number must not become another's. */
  protected async whileOpen(work: () => Promise<void>): Promise<void> {
    if (!this.#open) return;
    this.#busy += 1;
    try {
      await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0 && !this.#open) this.release();
    }
  }

  /** Gives the descriptor back. At once, so that what it was bound to is free for the next socket. */
  protected release(): void {
    closeSync(this.fd);
  }
}
