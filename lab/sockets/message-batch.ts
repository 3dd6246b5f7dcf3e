/** Many messages with one system call: sendmmsg(2) and recvmmsg(2). */
import { addressOf, sendMessages, trySystemCall } from '../kernel/libc.js';

/** bits/socket.h. */
const MSG_DONTWAIT = 0x40;

/** struct mmsghdr of a 64-bit machine: struct msghdr, then the number of bytes that were moved. */
const MMSGHDR_BYTES = 64;
const MSG_NAMELEN = 8;
const MSG_VECTOR = 16;
const MSG_VECTORS = 24;
const MSG_MOVED = 56;
const IOVEC_BYTES = 16;
const IOVEC_LENGTH = 8;

/** Handing work to a thread costs as much as sending a few packets to neighbours that are known. */
const WORTH_A_THREAD = 8;

/** What is sent, and the kernel's sockaddr of where to. */
export interface OutgoingMessage {
  readonly data: Buffer;
  readonly to: Buffer;
}

/**
 * Sends messages in order, off the main thread.
 * @param refused told of each message that the kernel refuses at once, with the errno; those after it are sent all the same
 */
export async function sendBatch(
  fd: number,
  messages: readonly OutgoingMessage[],
  refused: (index: number, errno: number) => void,
): Promise<void> {
  const sendHere = ({ data, to }: OutgoingMessage, index: number): void => {
    const result = trySystemCall('sendto', fd, data, data.length, 0, to, to.length);
    if (result < 0) refused(index, -result);
  };
  if (messages.length < WORTH_A_THREAD) return messages.forEach(sendHere);
  const area = encodeBatch(messages);
  for (let next = 0; next < messages.length; ) {
    next += await sendMessages(fd, area.subarray(next * MMSGHDR_BYTES), messages.length - next);
    const message = messages[next];
    // The error number of another thread is not to be had here: sent once more, to be told.
    if (message !== undefined) sendHere(message, next);
    next += 1;
  }
}

/** Headers, vectors, addresses and data in one Buffer, so that one thing has to stay where it is. */
function encodeBatch(messages: readonly OutgoingMessage[]): Buffer {
  const vectors = messages.length * MMSGHDR_BYTES;
  const fixed = vectors + messages.length * IOVEC_BYTES;
  const area = Buffer.alloc(messages.reduce((sum, { data, to }) => sum + data.length + to.length, fixed));
  // Exact: addresses of processes have fewer bits than a double has digits.
  const start = Number(addressOf(area));
  let end = fixed;
  messages.forEach(({ data, to }, index) => {
    const header = index * MMSGHDR_BYTES;
    const vector = vectors + index * IOVEC_BYTES;
    writePointer(area, start + end, header);
    area.writeUInt32LE(to.length, header + MSG_NAMELEN);
    writePointer(area, start + vector, header + MSG_VECTOR);
    area.writeUInt32LE(1, header + MSG_VECTORS);
    end += to.copy(area, end);
    writePointer(area, start + end, vector);
    area.writeUInt32LE(data.length, vector + IOVEC_LENGTH);
    end += data.copy(area, end);
  });
  return area;
}

/** Without a bigint for each of very many. */
function writePointer(area: Buffer, address: number, offset: number): void {
  area.writeUInt32LE(address % 2 ** 32, offset);
  area.writeUInt32LE(Math.floor(address / 2 ** 32), offset + 4);
}

const SLOTS = 32;
/** The largest IP packet. Memory that no message has ever reached costs nothing. */
const SLOT_BYTES = 64 * 1024;

const headers = Buffer.alloc(SLOTS * MMSGHDR_BYTES);
const received = {
  vectors: Buffer.alloc(SLOTS * IOVEC_BYTES),
  slots: Array.from({ length: SLOTS }, () => Buffer.alloc(SLOT_BYTES)),
};
received.slots.forEach((slot, index) => {
  const header = index * MMSGHDR_BYTES;
  const vector = index * IOVEC_BYTES;
  writePointer(received.vectors, Number(addressOf(slot)), vector);
  received.vectors.writeUInt32LE(SLOT_BYTES, vector + IOVEC_LENGTH);
  writePointer(headers, Number(addressOf(received.vectors)) + vector, header + MSG_VECTOR);
  headers.writeUInt32LE(1, header + MSG_VECTORS);
});

/**
 * Reads what is there, up to a bound, without sender and ancillary data.
 * @param take gets each message in turn: a view that is valid until it returns; it must not read from a socket itself
 * @returns whether there may be more. A pending error of the socket is taken and skipped.
 */
export function receiveBatch(fd: number, take: (data: Buffer) => void): boolean {
  const count = trySystemCall('recvmmsg', fd, headers, SLOTS, MSG_DONTWAIT, null);
  for (let index = 0; index < count; index += 1) {
    const length = headers.readUInt32LE(index * MMSGHDR_BYTES + MSG_MOVED);
    take((received.slots[index] as Buffer).subarray(0, length));
  }
  return count === SLOTS;
}
