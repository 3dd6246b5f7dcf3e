/** DHCP messages (RFC 2131, RFC 2132) as whole Ethernet frames: what a check says and hears on the wire. Pure. */
import { BROADCAST_MAC, decodeUdp, encodeUdp } from '#lab/frames.js';

export const clientPort = 68;
export const serverPort = 67;
/** Every DHCP message has it, before its options. */
export const magicCookie = Buffer.from([99, 130, 83, 99]);

const types = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;
export type DhcpType = (typeof types)[number];

export interface DhcpMessage {
  readonly type: DhcpType;
  readonly transaction: number;
  /** The client's hardware address. */
  readonly mac: string;
  /** Address that the client has already (ciaddr). */
  readonly ownAddress?: string;
  /** Address that it is given (yiaddr). */
  readonly givenAddress?: string;
  readonly requestedAddress?: string;
  /** The server's identifier, its address. */
  readonly server?: string;
  readonly leaseSeconds?: number;
}

/** A message with where it came from. */
export interface ReceivedMessage extends DhcpMessage {
  readonly fromMac: string;
  readonly fromAddress: string;
}

/** Who a message goes to; everybody when absent. */
export interface Recipient {
  readonly mac: string;
  readonly address: string;
}

/** Offsets of the fixed part (RFC 2131 section 2). */
const at = { transaction: 4, flags: 10, ciaddr: 12, yiaddr: 16, chaddr: 28, cookie: 236, options: 240 } as const;
const option = { requested: 50, leaseTime: 51, type: 53, server: 54, end: 255, pad: 0 } as const;
const requestOp = 1;
const ethernet = 1;
const macBytes = 6;
/** Replies are wanted as broadcasts: nobody here has the address yet. */
const broadcastFlag = 0x80_00;
/** Some servers drop shorter ones, as BOOTP's were never shorter (RFC 951: 64 bytes of vendor area). */
const leastBytes = 300;

/** A client's message as a frame. */
export function encodeMessage(message: DhcpMessage, to?: Recipient): Buffer {
  const fixed = Buffer.alloc(at.options);
  fixed.set([requestOp, ethernet, macBytes]);
  fixed.writeUInt32BE(message.transaction, at.transaction);
  if (to === undefined) fixed.writeUInt16BE(broadcastFlag, at.flags);
  if (message.ownAddress !== undefined) fixed.set(bytesOf(message.ownAddress), at.ciaddr);
  fixed.set(Buffer.from(message.mac.replaceAll(':', ''), 'hex'), at.chaddr);
  fixed.set(magicCookie, at.cookie);
  const options = Buffer.concat([
    Buffer.from([option.type, 1, types.indexOf(message.type) + 1]),
    addressOption(option.requested, message.requestedAddress),
    addressOption(option.server, message.server),
    Buffer.from([option.end]),
  ]);
  const body = Buffer.concat([fixed, options]);
  const data = Buffer.concat([body, Buffer.alloc(Math.max(0, leastBytes - body.length))]);
  return encodeUdp({
    sourceMac: message.mac,
    destinationMac: to?.mac ?? BROADCAST_MAC,
    source: message.ownAddress ?? '0.0.0.0',
    destination: to?.address ?? '255.255.255.255',
    sourcePort: clientPort,
    destinationPort: serverPort,
    data,
  });
}

/** @returns undefined for what is no DHCP message */
export function decodeMessage(frame: Buffer): ReceivedMessage | undefined {
  const datagram = decodeUdp(frame);
  if (datagram === undefined) return undefined;
  const { data, sourceMac, source } = datagram;
  if (data.length <= at.options || !data.subarray(at.cookie, at.options).equals(magicCookie)) return undefined;
  const options = optionsOf(data.subarray(at.options));
  const type = types[(options.get(option.type)?.[0] ?? 0) - 1];
  if (type === undefined) return undefined;
  return {
    type,
    transaction: data.readUInt32BE(at.transaction),
    mac: [...data.subarray(at.chaddr, at.chaddr + macBytes)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(':'),
    ...present('ownAddress', addressText(data.subarray(at.ciaddr, at.ciaddr + 4))),
    ...present('givenAddress', addressText(data.subarray(at.yiaddr, at.yiaddr + 4))),
    ...present('requestedAddress', addressText(options.get(option.requested))),
    ...present('server', addressText(options.get(option.server))),
    ...present('leaseSeconds', numberIn(options.get(option.leaseTime))),
    fromMac: sourceMac,
    fromAddress: source,
  };
}

function optionsOf(area: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let index = 0; index < area.length; ) {
    const code = area[index] ?? option.end;
    if (code === option.end) break;
    const length = code === option.pad ? -1 : (area[index + 1] ?? 0);
    if (length >= 0) found.set(code, area.subarray(index + 2, index + 2 + length));
    index += 2 + length;
  }
  return found;
}

function addressOption(code: number, address: string | undefined): Buffer {
  return address === undefined ? Buffer.alloc(0) : Buffer.from([code, 4, ...bytesOf(address)]);
}

function bytesOf(address: string): number[] {
  return address.split('.').map(Number);
}

function addressText(bytes: Buffer | undefined): string | undefined {
  return bytes?.length !== 4 || bytes.every((byte) => byte === 0) ? undefined : [...bytes].join('.');
}

function numberIn(bytes: Buffer | undefined): number | undefined {
  return bytes?.length === 4 ? bytes.readUInt32BE() : undefined;
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
