/** Deletes neighbour entries as they were dumped, without going through text or objects: there may be very many. */
import { NDA_DST, NLA_TYPE_MASK, NUD_NOARP, NUD_PERMANENT, RTM_DELNEIGH } from './constants.js';
import type { Message, Request } from './message.js';

/** `struct ndmsg` (linux/neighbour.h): family, 3 unused, interface index (4), state (2), flags, type. */
const NDMSG_BYTES = 12;
const STATE_OFFSET = 8;
const ATTRIBUTE_HEADER_BYTES = 4;

/**
 * Turns a dumped neighbour entry into the request that deletes it.
 * @param wanted addresses as hexadecimal digits; every one when absent
 * @returns undefined for permanent entries and for learned ones that are not wanted
 */
export function forgetNeighbour({ body }: Message, wanted: ReadonlySet<string> | undefined): Request | undefined {
  const state = body.readUInt16LE(STATE_OFFSET);
  if ((state & NUD_PERMANENT) !== 0) return undefined;
  const start = destinationOffset(body);
  if (start === undefined) return undefined;
  const end = start + body.readUInt16LE(start);
  // Asking for an IPv6 neighbour leaves an entry for its multicast group behind, too, which counts like any other.
  const chosen = wanted === undefined || (state & NUD_NOARP) !== 0;
  if (!(chosen || wanted.has(body.toString('hex', start + ATTRIBUTE_HEADER_BYTES, end)))) return undefined;
  return { type: RTM_DELNEIGH, flags: 0, body: deletion(body, start, end), object: 'neighbour' };
}

/** What identifies the entry: its family, its interface, and the attribute with its address as the kernel wrote it. */
function deletion(entry: Buffer, start: number, end: number): Buffer {
  const body = Buffer.allocUnsafe(NDMSG_BYTES + end - start).fill(0, 0, NDMSG_BYTES);
  entry.copy(body, 0, 0, STATE_OFFSET);
  entry.copy(body, NDMSG_BYTES, start, end);
  return body;
}

function destinationOffset(body: Buffer): number | undefined {
  for (let offset = NDMSG_BYTES; offset + ATTRIBUTE_HEADER_BYTES <= body.length; ) {
    if ((body.readUInt16LE(offset + 2) & NLA_TYPE_MASK) === NDA_DST) return offset;
    const length = body.readUInt16LE(offset);
    if (length < ATTRIBUTE_HEADER_BYTES) return undefined;
    offset += (length + 3) & ~3;
  }
  return undefined;
}
