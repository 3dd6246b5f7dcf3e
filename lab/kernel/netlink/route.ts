/** Routes with one next hop or several (RTM_*ROUTE, linux/rtnetlink.h). */
import type { NextHop, RouteState } from '../../state.js';
import { AF_INET, formatAddress, packAddress, packPrefix } from '../address.js';
import * as c from './constants.js';
import { BodyWriter, decodeAttributes, type Attributes, type Message, type Request } from './message.js';

const ROUTE_KINDS = { unicast: c.RTN_UNICAST, blackhole: c.RTN_BLACKHOLE, unreachable: c.RTN_UNREACHABLE } as const;
/** Size of `struct rtmsg`. */
const HEADER_BYTES = 12;
/** Size of `struct rtnexthop`. */
const HOP_HEADER_BYTES = 8;

/**
 * A route that must not exist yet.
 * @param indexOf index of a link that the route or one of its next hops names
 */
export function addRoute(route: RouteState, indexOf: (link: string) => number): Request {
  const target = route.destination === 'default' ? undefined : packPrefix(route.destination);
  const body = new BodyWriter().fixed(routeHeader(route));
  if (target !== undefined && target.length > 0) body.bytes(c.RTA_DST, target.bytes);
  if (route.nextHops !== undefined) body.bytes(c.RTA_MULTIPATH, packHops(route.nextHops, indexOf));
  if (route.via !== undefined) body.bytes(c.RTA_GATEWAY, packAddress(route.via).bytes);
  if (route.link !== undefined) body.u32(c.RTA_OIF, indexOf(route.link));
  if (route.source !== undefined) body.bytes(c.RTA_PREFSRC, packAddress(route.source).bytes);
  if (route.metric !== undefined) body.u32(c.RTA_PRIORITY, route.metric);
  if (route.table !== undefined) body.u32(c.RTA_TABLE, route.table);
  const { mtuBytes } = route;
  if (mtuBytes !== undefined) body.nested(c.RTA_METRICS, (metrics) => metrics.u32(c.RTAX_MTU, mtuBytes));
  const flags = c.NLM_F_CREATE | c.NLM_F_EXCL;
  return { type: c.RTM_NEWROUTE, flags, body: body.finish(), object: `route ${describeRoute(route)}` };
}

/** `struct rtmsg` */
function routeHeader(route: RouteState): Buffer {
  const target = route.destination === 'default' ? undefined : packPrefix(route.destination);
  const via = route.via ?? route.nextHops?.[0]?.via;
  const family = target?.family ?? (via === undefined ? AF_INET : packAddress(via).family);
  const isDirect = via === undefined && route.kind === undefined && family === AF_INET;
  const scope = isDirect ? c.RT_SCOPE_LINK : c.RT_SCOPE_UNIVERSE;
  const header = Buffer.alloc(HEADER_BYTES);
  const kind = ROUTE_KINDS[route.kind ?? 'unicast'];
  header.set([family, target?.length ?? 0, 0, 0, c.RT_TABLE_MAIN, c.RTPROT_STATIC, scope, kind]);
  header.writeUInt32LE(route.onLink === true ? c.RTNH_F_ONLINK : 0, 8);
  return header;
}

/** `struct rtnexthop` for each, with the gateway as its attribute. All of the same weight: the byte is the weight less one. */
function packHops(hops: readonly NextHop[], indexOf: (link: string) => number): Buffer {
  return Buffer.concat(
    hops.map(({ via, link, onLink }) => {
      const header = Buffer.alloc(HOP_HEADER_BYTES);
      const hop = new BodyWriter().fixed(header).bytes(c.RTA_GATEWAY, packAddress(via).bytes).finish();
      hop.writeUInt16LE(hop.length, 0);
      hop.writeUInt8(onLink === true ? c.RTNH_F_ONLINK : 0, 2);
      hop.writeInt32LE(link === undefined ? 0 : indexOf(link), 4);
      return hop;
    }),
  );
}

function describeRoute({ destination, nextHops, ...single }: RouteState): string {
  const hops = nextHops ?? [single];
  return destination + hops.map(({ via, link }) => word('via', via) + word('on', link)).join(',');
}

function word(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name} ${value}`;
}

/** A next hop as a dump gives it. */
export interface DumpedHop {
  readonly via?: string;
  readonly index?: number;
  readonly onLink?: true;
}

export interface DumpedRoute extends DumpedHop {
  readonly destination: string;
  readonly table: number;
  readonly protocol: number;
  readonly kind: number;
  /** Only where there is more than one. */
  readonly nextHops?: readonly DumpedHop[];
  readonly source?: string;
  readonly metric?: number;
  readonly mtuBytes?: number;
}

/** Decodes an RTM_NEWROUTE message. */
export function decodeRoute({ body }: Message): DumpedRoute {
  const attributes = decodeAttributes(body, HEADER_BYTES);
  const target = attributes.get(c.RTA_DST);
  const source = attributes.get(c.RTA_PREFSRC);
  const metric = attributes.get(c.RTA_PRIORITY);
  const hops = attributes.get(c.RTA_MULTIPATH);
  const metrics = attributes.get(c.RTA_METRICS);
  const mtu = metrics === undefined ? undefined : decodeAttributes(metrics).get(c.RTAX_MTU);
  return {
    destination: target === undefined ? 'default' : `${formatAddress(target)}/${body.readUInt8(1)}`,
    table: attributes.get(c.RTA_TABLE)?.readUInt32LE(0) ?? body.readUInt8(4),
    protocol: body.readUInt8(5),
    kind: body.readUInt8(7),
    ...decodeHop(attributes, attributes.get(c.RTA_OIF)?.readUInt32LE(0), body.readUInt32LE(8)),
    ...(hops === undefined ? {} : { nextHops: decodeHops(hops) }),
    ...(source === undefined ? {} : { source: formatAddress(source) }),
    ...(metric === undefined ? {} : { metric: metric.readUInt32LE(0) }),
    ...(mtu === undefined ? {} : { mtuBytes: mtu.readUInt32LE(0) }),
  };
}

function decodeHop(attributes: Attributes, index: number | undefined, flags: number): DumpedHop {
  // RTA_VIA is a gateway of the other family (RFC 5549): two bytes of family, then the address.
  const via = attributes.get(c.RTA_GATEWAY) ?? attributes.get(c.RTA_VIA)?.subarray(2);
  return {
    ...(via === undefined ? {} : { via: formatAddress(via) }),
    ...(index === undefined ? {} : { index }),
    ...((flags & c.RTNH_F_ONLINK) === 0 ? {} : { onLink: true }),
  };
}

function decodeHops(value: Buffer): readonly DumpedHop[] {
  const found: DumpedHop[] = [];
  for (let offset = 0; offset + HOP_HEADER_BYTES <= value.length; ) {
    const length = value.readUInt16LE(offset);
    if (length < HOP_HEADER_BYTES) break;
    const hop = value.subarray(offset, offset + length);
    found.push(decodeHop(decodeAttributes(hop, HOP_HEADER_BYTES), hop.readUInt32LE(4), hop.readUInt8(2)));
    offset += (length + 3) & ~3;
  }
  return found;
}

/** RTPROT_* (linux/rtnetlink.h), in the words of ip-route(8). */
const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  9: 'ra',
  11: 'zebra',
  12: 'bird',
  16: 'dhcp',
  18: 'keepalived',
  42: 'babel',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
};

/** Who made a route or a rule, in words: `bird`; the number where it has no name. */
export function protocolName(protocol: number): string {
  return PROTOCOLS[protocol] ?? String(protocol);
}
