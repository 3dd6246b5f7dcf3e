/**
 * Addresses, routes and neighbours as they were told in a dump, to be made once more: `ip address save`, `ip route save`
 * and their `restore` do the same. What the kernel adds when it tells them is taken out; interfaces may have other indexes now.
 */
import { AF_INET6 } from '../address.js';
import * as c from './constants.js';
import { NLA_TYPE_MASK } from './constants.js';

/** Index of an interface now, by the index that it had; undefined when it is gone. */
export type Reindex = (index: number) => number | undefined;

/** linux/if_addr.h, linux/rtnetlink.h, linux/neighbour.h */
const IFA_CACHEINFO = 6;
const RTA_CACHEINFO = 12;
const ADDRESS_HEADER_BYTES = 8;
const ROUTE_HEADER_BYTES = 12;
const NEIGHBOUR_HEADER_BYTES = 12;
const HOP_HEADER_BYTES = 8;
const FOREVER_SECONDS = 0xffffffff;

const aligned = (length: number): number => (length + 3) & ~3;

interface Attribute {
  readonly type: number;
  /** With its header, without padding. */
  readonly bytes: Buffer;
}

function* attributesIn(body: Buffer, start: number): Generator<Attribute> {
  for (let offset = start; offset + 4 <= body.length; ) {
    const length = body.readUInt16LE(offset);
    if (length < 4) return;
    yield { type: body.readUInt16LE(offset + 2) & NLA_TYPE_MASK, bytes: body.subarray(offset, offset + length) };
    offset += aligned(length);
  }
}

/** The message with each attribute as `change` gives it; undefined leaves it out. */
function rewritten(body: Buffer, headerBytes: number, change: (one: Attribute) => Buffer | undefined): Buffer {
  const chunks = [Buffer.from(body.subarray(0, headerBytes))];
  for (const attribute of attributesIn(body, headerBytes)) {
    const changed = change(attribute);
    if (changed !== undefined) chunks.push(Buffer.concat([changed], aligned(changed.length)));
  }
  return Buffer.concat(chunks);
}

/**
 * @param ageSeconds how long ago it was told: a lease has so much less of its time left
 * @returns undefined when its interface is gone, or its time is over
 */
export function savedAddress(told: Buffer, ageSeconds: number, reindex: Reindex): Buffer | undefined {
  const index = reindex(told.readUInt32LE(4));
  if (index === undefined || secondsLeft(told) <= ageSeconds) return undefined;
  const isIpv6 = told.readUInt8(0) === AF_INET6;
  const body = rewritten(told, ADDRESS_HEADER_BYTES, ({ type, bytes }) => {
    const copy = Buffer.from(bytes);
    if (type === c.IFA_FLAGS && isIpv6) copy.writeUInt32LE(bytes.readUInt32LE(4) | c.IFA_F_NODAD, 4);
    if (type === IFA_CACHEINFO) for (const offset of [4, 8]) age(copy, offset, ageSeconds);
    return copy;
  });
  body.writeUInt32LE(index, 4);
  return body;
}

function age(cacheInfo: Buffer, offset: number, seconds: number): void {
  const left = cacheInfo.readUInt32LE(offset);
  if (left !== FOREVER_SECONDS) cacheInfo.writeUInt32LE(Math.max(0, left - seconds), offset);
}

/** Valid lifetime of a told address in seconds; Infinity without an end. */
export function secondsLeft(told: Buffer): number {
  for (const { type, bytes } of attributesIn(told, ADDRESS_HEADER_BYTES))
    if (type === IFA_CACHEINFO && bytes.readUInt32LE(8) !== FOREVER_SECONDS) return bytes.readUInt32LE(8);
  return Number.POSITIVE_INFINITY;
}

/** What of a route does not change while it stays the same route. @returns undefined when an interface of it is gone */
export function savedRoute(told: Buffer, reindex: Reindex): Buffer | undefined {
  let isWhole = true;
  const mapped = (copy: Buffer, offset: number): void => {
    const index = reindex(copy.readUInt32LE(offset));
    if (index === undefined) isWhole = false;
    else copy.writeUInt32LE(index, offset);
  };
  const body = rewritten(told, ROUTE_HEADER_BYTES, ({ type, bytes }) => {
    if (type === RTA_CACHEINFO) return undefined;
    const copy = Buffer.from(bytes);
    if (type === c.RTA_OIF) mapped(copy, 4);
    return type === c.RTA_MULTIPATH ? savedHops(copy, mapped) : copy;
  });
  body.writeUInt32LE(body.readUInt32LE(8) & c.RTNH_F_ONLINK, 8);
  return isWhole ? body : undefined;
}

/** In an order of their own: the kernel tells them in another one once they were away. */
function savedHops(attribute: Buffer, mapped: (copy: Buffer, offset: number) => void): Buffer {
  const hops: Buffer[] = [];
  for (let offset = 4; offset + HOP_HEADER_BYTES <= attribute.length; ) {
    const length = attribute.readUInt16LE(offset);
    if (length < HOP_HEADER_BYTES) break;
    const hop = Buffer.alloc(aligned(length));
    attribute.copy(hop, 0, offset, offset + length);
    hop.writeUInt8(hop.readUInt8(2) & c.RTNH_F_ONLINK, 2);
    mapped(hop, 4);
    hops.push(hop);
    offset += aligned(length);
  }
  return Buffer.concat([attribute.subarray(0, 4), ...hops.toSorted((a, b) => a.compare(b))]);
}

/** What no two routes of a node can share, as text: table, prefix, type of service and metric. */
export function routePlace(body: Buffer): string {
  const wanted: readonly number[] = [c.RTA_DST, c.RTA_TABLE, c.RTA_PRIORITY];
  const named = [...attributesIn(body, ROUTE_HEADER_BYTES)].filter(({ type }) => wanted.includes(type));
  const [family, length, , tos, table] = body;
  return [family, length, tos, table, ...named.map(({ type, bytes }) => `${type}:${bytes.toString('hex', 4)}`)].join(
    ' ',
  );
}

/** A permanent neighbour or an address that is answered for. @returns undefined when its interface is gone */
export function savedNeighbour(told: Buffer, reindex: Reindex): Buffer | undefined {
  const index = reindex(told.readInt32LE(4));
  if (index === undefined) return undefined;
  const body = rewritten(told, NEIGHBOUR_HEADER_BYTES, ({ type, bytes }) =>
    type === c.NDA_DST || type === c.NDA_LLADDR ? bytes : undefined,
  );
  body.writeInt32LE(index, 4);
  return body;
}
