/** Encoding and decoding of netlink messages: `struct nlmsghdr`, a fixed part, then attributes aligned to 4 bytes. */
import { NLA_F_NESTED, NLA_TYPE_MASK } from './constants.js';

/** Size of `struct nlmsghdr`. */
export const HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
const INITIAL_BYTES = 1024;

const aligned = (length: number): number => (length + 3) & ~3;

/** One request of a batch: what the kernel is asked, and how a person calls it. */
export interface Request {
  readonly type: number;
  readonly flags: number;
  /** The fixed part and the attributes. */
  readonly body: Buffer;
  /** The object in words, for errors: `link br0`. */
  readonly object: string;
}

/** Writes the body of a request. Integers are in the machine's byte order unless a method says otherwise. */
export class BodyWriter {
  #buffer = Buffer.alloc(INITIAL_BYTES);
  #length = 0;

  /** Appends the fixed part of the message. */
  fixed(bytes: Buffer): this {
    this.#reserve(aligned(bytes.length));
    bytes.copy(this.#buffer, this.#length);
    this.#length += aligned(bytes.length);
    return this;
  }

  bytes(type: number, value: Buffer): this {
    this.#header(type, value.length);
    value.copy(this.#buffer, this.#length);
    this.#length += aligned(value.length);
    return this;
  }

  /** A string with its final zero byte. */
  text(type: number, value: string): this {
    return this.bytes(type, Buffer.from(`${value}\0`));
  }

  u8(type: number, value: number): this {
    return this.bytes(type, Buffer.from([value]));
  }

  u32(type: number, value: number): this {
    this.#header(type, 4);
    this.#buffer.writeUInt32LE(value, this.#length);
    this.#length += 4;
    return this;
  }

  /** Network byte order. */
  u16be(type: number, value: number): this {
    return this.bytes(type, Buffer.from([value >> 8, value & 0xff]));
  }

  /** An attribute that holds what `write` appends. */
  nested(type: number, write: (body: this) => void, flag = NLA_F_NESTED): this {
    const start = this.#length;
    this.#header(type | flag, 0);
    write(this);
    this.#buffer.writeUInt16LE(this.#length - start, start);
    return this;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #header(type: number, length: number): void {
    this.#reserve(ATTRIBUTE_HEADER_BYTES + aligned(length));
    this.#buffer.writeUInt16LE(ATTRIBUTE_HEADER_BYTES + length, this.#length);
    this.#buffer.writeUInt16LE(type, this.#length + 2);
    this.#length += ATTRIBUTE_HEADER_BYTES;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Encodes requests one behind the other, numbered from `firstSequence` on. */
export function encodeBatch(requests: readonly Request[], firstSequence: number): Buffer {
  const total = requests.reduce((sum, request) => sum + HEADER_BYTES + aligned(request.body.length), 0);
  const batch = Buffer.alloc(total);
  let offset = 0;
  requests.forEach((request, index) => {
    batch.writeUInt32LE(HEADER_BYTES + request.body.length, offset);
    batch.writeUInt16LE(request.type, offset + 4);
    batch.writeUInt16LE(request.flags, offset + 6);
    batch.writeUInt32LE(firstSequence + index, offset + 8);
    request.body.copy(batch, offset + HEADER_BYTES);
    offset += HEADER_BYTES + aligned(request.body.length);
  });
  return batch;
}

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Everything after the header. A view: copy it to keep it. */
  readonly body: Buffer;
}

/** The messages of one datagram from the kernel. */
export function* decodeMessages(datagram: Buffer): Generator<Message> {
  let offset = 0;
  while (offset + HEADER_BYTES <= datagram.length) {
    const length = datagram.readUInt32LE(offset);
    if (length < HEADER_BYTES) return;
    yield {
      type: datagram.readUInt16LE(offset + 4),
      flags: datagram.readUInt16LE(offset + 6),
      sequence: datagram.readUInt32LE(offset + 8),
      body: datagram.subarray(offset + HEADER_BYTES, offset + length),
    };
    offset += aligned(length);
  }
}

/** Attributes by type. A repeated type keeps its last value. */
export type Attributes = ReadonlyMap<number, Buffer>;

/** The attributes in `body` from `offset` on. */
export function decodeAttributes(body: Buffer, offset = 0): Attributes {
  const attributes = new Map<number, Buffer>();
  while (offset + ATTRIBUTE_HEADER_BYTES <= body.length) {
    const length = body.readUInt16LE(offset);
    if (length < ATTRIBUTE_HEADER_BYTES) break;
    attributes.set(
      body.readUInt16LE(offset + 2) & NLA_TYPE_MASK,
      body.subarray(offset + ATTRIBUTE_HEADER_BYTES, offset + length),
    );
    offset += aligned(length);
  }
  return attributes;
}

/** A string attribute without its final zero byte. */
export function decodeText(value: Buffer | undefined): string {
  if (value === undefined) return '';
  const end = value.indexOf(0);
  return value.toString('utf8', 0, end === -1 ? value.length : end);
}
