import { addressOf, trySystemCall } from '../kernel/libc.js';

/** bits/socket.h. */
const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;

/** Room for the largest frame: a GSO super-packet of 64 KiB with its headers. */
const DATA_BYTES = 128 * 1024;
const NAME_BYTES = 128;
const CONTROL_BYTES = 512;

/** struct msghdr of a 64-bit machine. */
const MSGHDR_BYTES = 56;
const IOVEC_BYTES = 16;
const MSG_NAMELEN = 8;
const MSG_CONTROLLEN = 40;
/** struct cmsghdr: length (8 bytes), level, type. */
const CMSGHDR_BYTES = 16;

const data = Buffer.alloc(DATA_BYTES);
const name = Buffer.alloc(NAME_BYTES);
const control = Buffer.alloc(CONTROL_BYTES);
const header = Buffer.alloc(MSGHDR_BYTES);
/** What the pointers in the header lead to: kept here, because the garbage collector does not see those pointers. */
const pointedTo = { data, name, control, vector: Buffer.alloc(IOVEC_BYTES) };

pointedTo.vector.writeBigUInt64LE(addressOf(data), 0);
pointedTo.vector.writeBigUInt64LE(BigInt(DATA_BYTES), 8);
header.writeBigUInt64LE(addressOf(name), 0);
header.writeBigUInt64LE(addressOf(pointedTo.vector), 16);
header.writeBigUInt64LE(1n, 24);
header.writeBigUInt64LE(addressOf(control), 32);

/** A message in the one area that all sockets read into: valid until the next read, copy what is to be kept. */
export interface Message {
  readonly data: Buffer;
  /** The kernel's sockaddr of the sender. */
  name(): Buffer;
  /** Ancillary data of a level and type (cmsg(3)). */
  control(level: number, type: number): Buffer | undefined;
}

/**
 * Reads one message with recvmsg(2).
 * @returns undefined when there is none. A pending error of the socket is taken and skipped: it is in the error queue too.
 */
export function receiveMessage(fd: number, flags = 0): Message | undefined {
  const first = receive(fd, flags);
  const length = first < 0 && first !== -EAGAIN && flags === 0 ? receive(fd, flags) : first;
  if (length < 0) return undefined;
  return { data: pointedTo.data.subarray(0, length), name: senderName, control: findControl };
}

const senderName = (): Buffer => pointedTo.name.subarray(0, header.readUInt32LE(MSG_NAMELEN));

const EAGAIN = 11;

function receive(fd: number, flags: number): number {
  header.writeUInt32LE(NAME_BYTES, MSG_NAMELEN);
  header.writeUInt32LE(CONTROL_BYTES, MSG_CONTROLLEN);
  return trySystemCall('recvmsg', fd, header, flags | MSG_DONTWAIT);
}

function findControl(level: number, type: number): Buffer | undefined {
  const end = header.readUInt32LE(MSG_CONTROLLEN);
  for (let offset = 0; offset + CMSGHDR_BYTES <= end; ) {
    const length = control.readUInt32LE(offset);
    if (length < CMSGHDR_BYTES) return undefined;
    if (control.readInt32LE(offset + 8) === level && control.readInt32LE(offset + 12) === type)
      return control.subarray(offset + CMSGHDR_BYTES, offset + length);
    offset += (length + 7) & ~7;
  }
  return undefined;
}
