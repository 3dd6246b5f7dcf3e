/** Addresses, routes, rules, neighbours and forwarding entries (linux/rtnetlink.h, if_addr.h, neighbour.h, fib_rules.h). */
import type { FdbState, NeighbourState, RouteState, RuleState } from '../../state.js';
import {
  AF_BRIDGE,
  AF_INET,
  AF_INET6,
  formatAddress,
  formatMac,
  packAddress,
  packMac,
  packPrefix,
} from '../address.js';
import * as c from './constants.js';
import { BodyWriter, decodeAttributes, type Message, type Request } from './message.js';

const CREATE = c.NLM_F_CREATE | c.NLM_F_EXCL;
const ROUTE_KINDS = { unicast: c.RTN_UNICAST, blackhole: c.RTN_BLACKHOLE, unreachable: c.RTN_UNREACHABLE } as const;

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

/** `struct rtmsg` and `struct fib_rule_hdr` begin alike. */
function routeHeader(family: number, length: number, rest: { source?: number; scope?: number; kind?: number }): Buffer {
  const { source = 0, scope = c.RT_SCOPE_UNIVERSE, kind = 0 } = rest;
  return Buffer.from([family, length, source, 0, c.RT_TABLE_MAIN, c.RTPROT_STATIC, scope, kind, 0, 0, 0, 0]);
}

/** @param index index of `route.link`, when the route names one */
export function addRoute(route: RouteState, index: number | undefined): Request {
  const via = route.via === undefined ? undefined : packAddress(route.via);
  const target = route.destination === 'default' ? undefined : packPrefix(route.destination);
  const family = target?.family ?? via?.family ?? AF_INET;
  const scope =
    via === undefined && route.kind === undefined && family === AF_INET ? c.RT_SCOPE_LINK : c.RT_SCOPE_UNIVERSE;
  const body = new BodyWriter().fixed(
    routeHeader(family, target?.length ?? 0, { scope, kind: ROUTE_KINDS[route.kind ?? 'unicast'] }),
  );
  if (target !== undefined && target.length > 0) body.bytes(c.RTA_DST, target.bytes);
  if (via !== undefined) body.bytes(c.RTA_GATEWAY, via.bytes);
  if (index !== undefined) body.u32(c.RTA_OIF, index);
  if (route.source !== undefined) body.bytes(c.RTA_PREFSRC, packAddress(route.source).bytes);
  if (route.metric !== undefined) body.u32(c.RTA_PRIORITY, route.metric);
  if (route.table !== undefined) body.u32(c.RTA_TABLE, route.table);
  return { type: c.RTM_NEWROUTE, flags: CREATE, body: body.finish(), object: `route ${describeRoute(route)}` };
}

function describeRoute(route: RouteState): string {
  const via = route.via === undefined ? '' : ` via ${route.via}`;
  return `${route.destination}${via}${route.link === undefined ? '' : ` on ${route.link}`}`;
}

export function addRule(rule: RuleState): Request {
  const from = rule.from === undefined ? undefined : packPrefix(rule.from);
  const to = rule.to === undefined ? undefined : packPrefix(rule.to);
  const header = routeHeader(rule.family === 'ipv4' ? AF_INET : AF_INET6, to?.length ?? 0, {
    source: from?.length ?? 0,
    kind: c.FR_ACT_TO_TBL,
  });
  // fib_rule_hdr has its table where rtmsg has it, then two reserved bytes that must be zero.
  header.fill(0, 5, 7);
  const body = new BodyWriter().fixed(header);
  if (from !== undefined) body.bytes(c.FRA_SRC, from.bytes);
  if (to !== undefined) body.bytes(c.FRA_DST, to.bytes);
  body.u32(c.FRA_PRIORITY, rule.priority).u32(c.FRA_TABLE, rule.table);
  return { type: c.RTM_NEWRULE, flags: CREATE, body: body.finish(), object: `rule ${rule.priority}` };
}

/** `struct ndmsg` */
function neighbourHeader(family: number, index: number, state: number, flags = 0): Buffer {
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

/**
 * Turns a dumped neighbour entry into the request that deletes it, without going through text: there may be very many.
 * @param wanted addresses as hexadecimal digits; every one when absent
 * @returns undefined for permanent entries and for learned ones that are not wanted
 */
export function forgetNeighbour({ body }: Message, wanted: ReadonlySet<string> | undefined): Request | undefined {
  const state = body.readUInt16LE(8);
  if ((state & c.NUD_PERMANENT) !== 0) return undefined;
  const address = decodeAttributes(body, 12).get(c.NDA_DST);
  // Asking for an IPv6 neighbour leaves an entry for its multicast group behind, too, which counts like any other.
  const chosen = wanted === undefined || (state & c.NUD_NOARP) !== 0;
  if (address === undefined || !(chosen || wanted.has(address.toString('hex')))) return undefined;
  const request = new BodyWriter().fixed(neighbourHeader(body.readUInt8(0), body.readInt32LE(4), 0));
  return { type: c.RTM_DELNEIGH, flags: 0, body: request.bytes(c.NDA_DST, address).finish(), object: 'neighbour' };
}

/** A VXLAN device keeps the entry itself and may have several per address; for a bridge port the bridge keeps it. */
export function addFdbEntry(index: number, entry: FdbState): Request {
  const remote = entry.destination === undefined ? undefined : packAddress(entry.destination).bytes;
  const flags = remote === undefined ? c.NTF_MASTER : c.NTF_SELF;
  const state = c.NUD_NOARP | c.NUD_PERMANENT;
  const body = new BodyWriter()
    .fixed(neighbourHeader(AF_BRIDGE, index, state, flags))
    .bytes(c.NDA_LLADDR, packMac(entry.mac));
  if (remote !== undefined) body.bytes(c.NDA_DST, remote);
  const mode = c.NLM_F_CREATE | (remote === undefined ? c.NLM_F_EXCL : c.NLM_F_APPEND);
  return {
    type: c.RTM_NEWNEIGH,
    flags: mode,
    body: body.finish(),
    object: `forwarding entry ${entry.mac} on ${entry.link}`,
  };
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

export interface DumpedRoute {
  readonly destination: string;
  readonly table: number;
  readonly protocol: number;
  readonly kind: number;
  readonly via?: string;
  readonly index?: number;
  readonly source?: string;
  readonly metric?: number;
}

export function decodeRoute({ body }: Message): DumpedRoute {
  const attributes = decodeAttributes(body, 12);
  const length = body.readUInt8(1);
  const target = attributes.get(c.RTA_DST);
  const via = attributes.get(c.RTA_GATEWAY);
  const source = attributes.get(c.RTA_PREFSRC);
  const index = attributes.get(c.RTA_OIF);
  const metric = attributes.get(c.RTA_PRIORITY);
  return {
    destination: target === undefined ? 'default' : `${formatAddress(target)}/${length}`,
    table: attributes.get(c.RTA_TABLE)?.readUInt32LE(0) ?? body.readUInt8(4),
    protocol: body.readUInt8(5),
    kind: body.readUInt8(7),
    ...(via === undefined ? {} : { via: formatAddress(via) }),
    ...(index === undefined ? {} : { index: index.readUInt32LE(0) }),
    ...(source === undefined ? {} : { source: formatAddress(source) }),
    ...(metric === undefined ? {} : { metric: metric.readUInt32LE(0) }),
  };
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
