/** The error queue of a datagram socket: IP_RECVERR in ip(7), IPV6_RECVERR in ipv6(7), struct sock_extended_err in linux/errqueue.h. */
import { getSystemErrorMap } from 'node:util';
import type { DatagramError, Family } from '../sockets.js';
import { SOL_IP, SOL_IPV6, setOption } from './descriptor.js';
import { type Message, MSG_ERRQUEUE, receiveMessage } from './message.js';
import { decodeSocketAddress } from './socket-address.js';

const IP_RECVERR = 11;
const IPV6_RECVERR = 25;
const EXTENDED_ERROR_BYTES = 16;
const SO_EE_ORIGIN_LOCAL = 1;
const EMSGSIZE = 90;

/** An error of the queue. Local ones have already been the answer of the send call that caused them. */
export interface QueuedError extends DatagramError {
  readonly local: boolean;
}

export function queueErrors(fd: number, family: Family): void {
  if (family === 'ipv4') setOption(fd, SOL_IP, IP_RECVERR, 1);
  else setOption(fd, SOL_IPV6, IPV6_RECVERR, 1);
}

/** Takes the next error out of the queue. @returns undefined when there is none */
export function takeError(fd: number): QueuedError | undefined {
  const message = receiveMessage(fd, MSG_ERRQUEUE);
  if (message === undefined) return undefined;
  const extended = message.control(SOL_IP, IP_RECVERR) ?? message.control(SOL_IPV6, IPV6_RECVERR);
  return decodeError(message, extended ?? Buffer.alloc(EXTENDED_ERROR_BYTES));
}

function decodeError(message: Message, extended: Buffer): QueuedError {
  const errno = extended.readUInt32LE(0);
  const offender = decodeSocketAddress(extended.subarray(EXTENDED_ERROR_BYTES))?.address;
  const destination = decodeSocketAddress(message.name())?.address;
  return {
    code: getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`,
    local: extended[4] === SO_EE_ORIGIN_LOCAL,
    quoted: Buffer.from(message.data),
    ...(errno === EMSGSIZE ? { mtuBytes: extended.readUInt32LE(8) } : {}),
    ...(offender === undefined ? {} : { offender }),
    ...(destination === undefined ? {} : { destination }),
  };
}
