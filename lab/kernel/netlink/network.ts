/** Addresses and neighbours (linux/if_addr.h, neighbour.h), and how each kind of object is asked for. */
import type { NeighbourState } from '../../state.js';
import { AF_INET6, formatAddress, formatMac, packAddress, packMac, packPrefix } from '../address.js';
import * as c from './constants.js';
import { BodyWriter, decodeAttributes, type Message, type Request } from './message.js';

const CREATE = c.NLM_F_CREATE | c.NLM_F_EXCL;

/** An interface address. Without duplicate address detection, which would cost 1-2 s: netlab probes for duplicates itself. */
export function addAddress(index: number, link: string, text: string): Request {
  const { family, bytes, length } = packPrefix(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(family, 0);
  header.writeUInt8(length, 1);
  header.writeUInt32LE(index, 4);
  const body = new BodyWriter().fixed(header).bytes(c.IFA_LOCAL, bytes).bytes(c.IFA_ADDRESS, bytes);
  if (family === AF_INET6) body.u32(c.IFA_FLAGS, c.IFA_F_NODAD);
  else if (length < 31) body.bytes(c.IFA_BROADCAST, broadcastOf(bytes, length));
  return { type: c.RTM_NEWADDR, flags: CREATE, body: body.finish(), object: `address ${text} on ${link}` };
}

function broadcastOf(address: Buffer, length: number): Buffer {
  const broadcast = Buffer.alloc(4);
  broadcast.writeUInt32BE((address.readUInt32BE(0) | (0xffffffff >>> length)) >>> 0);
  return broadcast;
}

/** `struct ndmsg` */
export function neighbourHeader(family: number, index: number, state: number, flags = 0): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(family, 0);
  header.writeInt32LE(index, 4);
  header.writeUInt16LE(state, 8);
  header.writeUInt8(flags, 10);
  return header;
}

export function addNeighbour(index: number, entry: NeighbourState): Request {
  const { family, bytes } = packAddress(entry.address);
  const body = new BodyWriter().fixed(neighbourHeader(family, index, c.NUD_PERMANENT));
  body.bytes(c.NDA_DST, bytes).bytes(c.NDA_LLADDR, packMac(entry.mac));
  const flags = c.NLM_F_CREATE | c.NLM_F_REPLACE;
  return { type: c.RTM_NEWNEIGH, flags, body: body.finish(), object: `neighbour ${entry.address} on ${entry.link}` };
}

export const dumpBodies = {
  links: Buffer.alloc(16),
  addresses: Buffer.alloc(8),
  routes: (family: number) => Buffer.from([family, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  neighbours: (family: number) => neighbourHeader(family, 0, 0),
  rules: (family: number) => Buffer.from([family, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
} as const;

export interface DumpedAddress {
  readonly index: number;
  /** With prefix length. */
  readonly address: string;
}

export function decodeAddress({ body }: Message): DumpedAddress {
  const attributes = decodeAttributes(body, 8);
  const bytes = attributes.get(c.IFA_LOCAL) ?? attributes.get(c.IFA_ADDRESS) ?? Buffer.alloc(4);
  return { index: body.readUInt32LE(4), address: `${formatAddress(bytes)}/${body.readUInt8(1)}` };
}

export interface DumpedNeighbour {
  readonly index: number;
  readonly address: string;
  readonly mac?: string;
  readonly permanent: boolean;
}

export function decodeNeighbour({ body }: Message): DumpedNeighbour {
  const attributes = decodeAttributes(body, 12);
  const mac = attributes.get(c.NDA_LLADDR);
  return {
    index: body.readInt32LE(4),
    address: formatAddress(attributes.get(c.NDA_DST) ?? Buffer.alloc(4)),
    permanent: (body.readUInt16LE(8) & c.NUD_PERMANENT) !== 0,
    ...(mac === undefined || mac.length !== 6 ? {} : { mac: formatMac(mac) }),
  };
}
