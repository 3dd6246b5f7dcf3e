/** Links: making, changing, deleting and dumping them (RTM_*LINK, linux/if_link.h). */
import type { ObservedLink } from '../../observed.js';
import type { BridgeLink, BridgePortOptions, LinkState, MacvlanLink, VethLink, VxlanLink } from '../../state.js';
import { AF_INET6, formatMac, packAddress, packMac } from '../address.js';
import * as c from './constants.js';
import { decodePort, decodeVxlan, type DumpedVxlan, writePortOptions } from './link-data.js';
import { BodyWriter, decodeAttributes, decodeText, type Message, type Request } from './message.js';

/** USER_HZ: the unit of bridge timers in netlink is 1/100 s. */
const TICKS_PER_SECOND = 100;
const MACVLAN_MODES = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
const CREATE = c.NLM_F_CREATE | c.NLM_F_EXCL;

/** A link by name with the index it has or is to have. */
export interface IndexedLink<L extends LinkState = LinkState> {
  readonly link: L;
  readonly index: number;
  /** Index of the bridge that it becomes a port of. */
  readonly masterIndex?: number | undefined;
}

/** `struct ifinfomsg` */
export function linkHeader(index: number, flags = 0, change = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(change, 12);
  return header;
}

function common(body: BodyWriter, { link, masterIndex }: IndexedLink): void {
  body.text(c.IFLA_IFNAME, link.name);
  if (link.mtuBytes !== undefined) body.u32(c.IFLA_MTU, link.mtuBytes);
  if (link.mac !== undefined) body.bytes(c.IFLA_ADDRESS, packMac(link.mac));
  if (masterIndex !== undefined) body.u32(c.IFLA_MASTER, masterIndex);
}

/** Where a link stands and appears: on a link of the namespace that is asked, and in another one where that is given. */
interface Stand {
  readonly parentIndex?: number;
  readonly namespaceFd?: number;
}

function createLink(
  target: IndexedLink,
  kind: string,
  data: (body: BodyWriter) => void,
  { parentIndex, namespaceFd }: Stand = {},
): Request {
  const body = new BodyWriter().fixed(linkHeader(target.index));
  common(body, target);
  if (parentIndex !== undefined) body.u32(c.IFLA_LINK, parentIndex);
  if (namespaceFd !== undefined) body.u32(c.IFLA_NET_NS_FD, namespaceFd);
  body.nested(c.IFLA_LINKINFO, () => {
    body.text(c.IFLA_INFO_KIND, kind);
    body.nested(c.IFLA_INFO_DATA, data);
  });
  return { type: c.RTM_NEWLINK, flags: CREATE, body: body.finish(), object: `link ${target.link.name} (${kind})` };
}

/** A veth pair whose far end appears at once in the namespace that `peerNamespaceFd` refers to. */
export function createVeth(near: IndexedLink<VethLink>, far: IndexedLink<VethLink>, peerNamespaceFd: number): Request {
  return createLink(near, 'veth', (body) =>
    body.nested(c.VETH_INFO_PEER, () => {
      body.fixed(linkHeader(far.index));
      common(body, { link: far.link, index: far.index });
      body.u32(c.IFLA_NET_NS_FD, peerNamespaceFd);
    }),
  );
}

export function createBridge(target: IndexedLink<BridgeLink>): Request {
  return createLink(target, 'bridge', (body) => {
    body.u32(c.IFLA_BR_FORWARD_DELAY, Math.round(target.link.forwardDelaySeconds * TICKS_PER_SECOND));
    body.u32(c.IFLA_BR_STP_STATE, target.link.stp ? 1 : 0);
  });
}

export function createVxlan(target: IndexedLink<VxlanLink>, parentIndex?: number): Request {
  const { link } = target;
  return createLink(target, 'vxlan', (body) => {
    body.u32(c.IFLA_VXLAN_ID, link.vni).u16be(c.IFLA_VXLAN_PORT, link.port);
    if (link.learning !== undefined) body.u8(c.IFLA_VXLAN_LEARNING, link.learning ? 1 : 0);
    if (parentIndex !== undefined) body.u32(c.IFLA_VXLAN_LINK, parentIndex);
    vxlanAddress(body, link.local, c.IFLA_VXLAN_LOCAL, c.IFLA_VXLAN_LOCAL6);
    vxlanAddress(body, link.remote, c.IFLA_VXLAN_GROUP, c.IFLA_VXLAN_GROUP6);
  });
}

function vxlanAddress(body: BodyWriter, address: string | undefined, type4: number, type6: number): void {
  if (address === undefined) return;
  const { family, bytes } = packAddress(address);
  body.bytes(family === AF_INET6 ? type6 : type4, bytes);
}

/**
 * A child of a link of the namespace that is asked.
 * @param namespaceFd refers to the namespace that it appears in at once, when that is another one
 */
export function createMacvlan(
  target: IndexedLink<MacvlanLink>,
  stand: { readonly parentIndex: number; readonly namespaceFd?: number },
): Request {
  const mode = MACVLAN_MODES[target.link.mode];
  return createLink(target, 'macvlan', (body) => body.u32(c.IFLA_MACVLAN_MODE, mode), stand);
}

/** What can be changed of a link that exists. */
export interface LinkChange {
  readonly up?: boolean | undefined;
  readonly mtuBytes?: number | undefined;
  readonly mac?: string | undefined;
  readonly masterIndex?: number | undefined;
}

export function changeLink(index: number, name: string, change: LinkChange): Request {
  const flags = change.up === true ? c.IFF_UP : 0;
  const body = new BodyWriter().fixed(linkHeader(index, flags, change.up === undefined ? 0 : c.IFF_UP));
  if (change.mtuBytes !== undefined) body.u32(c.IFLA_MTU, change.mtuBytes);
  if (change.mac !== undefined) body.bytes(c.IFLA_ADDRESS, packMac(change.mac));
  if (change.masterIndex !== undefined) body.u32(c.IFLA_MASTER, change.masterIndex);
  return { type: c.RTM_NEWLINK, flags: 0, body: body.finish(), object: `link ${name}` };
}

/** Sets options of a bridge port, which the link must be already. */
export function changePort(index: number, name: string, options: BridgePortOptions): Request {
  const body = new BodyWriter().fixed(linkHeader(index)).nested(c.IFLA_LINKINFO, (info) => {
    info.text(c.IFLA_INFO_SLAVE_KIND, 'bridge');
    info.nested(c.IFLA_INFO_SLAVE_DATA, (data) => writePortOptions(data, options));
  });
  return { type: c.RTM_NEWLINK, flags: 0, body: body.finish(), object: `bridge port ${name}` };
}

export function deleteLink(index: number, name: string): Request {
  return { type: c.RTM_DELLINK, flags: 0, body: linkHeader(index), object: `link ${name}` };
}

/**
 * Asks for one link, for the sake of a side effect: since Linux 6.8 the kernel first settles a carrier that has changed
 * (linkwatch_sync_dev in rtnl_getlink, net/core/rtnetlink.c). Until then, the end of a cable that came up before the other
 * one drops what it is given to send.
 */
export function settleCarrier(index: number, name: string): Request {
  return { type: c.RTM_GETLINK, flags: 0, body: linkHeader(index), object: `link ${name}` };
}

/** Whether a bridge looks which ports want which multicast groups. */
export function setSnooping(index: number, name: string, on: boolean): Request {
  const body = new BodyWriter().fixed(linkHeader(index)).nested(c.IFLA_LINKINFO, (info) => {
    info.text(c.IFLA_INFO_KIND, 'bridge');
    info.nested(c.IFLA_INFO_DATA, (data) => data.u8(c.IFLA_BR_MCAST_SNOOPING, on ? 1 : 0));
  });
  return { type: c.RTM_NEWLINK, flags: 0, body: body.finish(), object: `bridge ${name}` };
}

/** Whether this is a bridge that does so now. */
export function isSnooping({ body }: Message): boolean {
  const info = decodeAttributes(decodeAttributes(body, 16).get(c.IFLA_LINKINFO) ?? Buffer.alloc(0));
  if (decodeText(info.get(c.IFLA_INFO_KIND)) !== 'bridge') return false;
  return (
    decodeAttributes(info.get(c.IFLA_INFO_DATA) ?? Buffer.alloc(0))
      .get(c.IFLA_BR_MCAST_SNOOPING)
      ?.readUInt8(0) === 1
  );
}

/** Forgets what a bridge has learned. Static entries stay. */
export function flushBridgeFdb(index: number, name: string): Request {
  const body = new BodyWriter().fixed(linkHeader(index)).nested(c.IFLA_LINKINFO, (info) => {
    info.text(c.IFLA_INFO_KIND, 'bridge');
    info.nested(c.IFLA_INFO_DATA, () => info.bytes(c.IFLA_BR_FDB_FLUSH, Buffer.alloc(0)));
  });
  return { type: c.RTM_NEWLINK, flags: 0, body: body.finish(), object: `forwarding table of ${name}` };
}

/** A link as a dump gives it, with indexes not yet turned into names. */
export interface DumpedLink extends Omit<ObservedLink, 'master' | 'addresses' | 'vxlan'> {
  readonly masterIndex?: number;
  readonly vxlan?: DumpedVxlan;
}

/** Decodes an RTM_NEWLINK message. */
export function decodeLink({ body }: Message): DumpedLink {
  const attributes = decodeAttributes(body, 16);
  const flags = body.readUInt32LE(8);
  const info = decodeAttributes(attributes.get(c.IFLA_LINKINFO) ?? Buffer.alloc(0));
  const kind = decodeText(info.get(c.IFLA_INFO_KIND));
  const statistics = attributes.get(c.IFLA_STATS64);
  const master = attributes.get(c.IFLA_MASTER);
  return {
    name: decodeText(attributes.get(c.IFLA_IFNAME)),
    index: body.readInt32LE(4),
    kind,
    mac: formatMac(attributes.get(c.IFLA_ADDRESS) ?? Buffer.alloc(6)),
    mtuBytes: attributes.get(c.IFLA_MTU)?.readUInt32LE(0) ?? 0,
    up: (flags & c.IFF_UP) !== 0,
    running: (flags & c.IFF_LOWER_UP) !== 0,
    rxPackets: Number(statistics?.readBigUInt64LE(0) ?? 0n),
    txPackets: Number(statistics?.readBigUInt64LE(8) ?? 0n),
    queueing: decodeText(attributes.get(c.IFLA_QDISC)),
    ...(master === undefined ? {} : { masterIndex: master.readUInt32LE(0) }),
    ...decodePort(info),
    ...(kind === 'vxlan' ? { vxlan: decodeVxlan(info) } : {}),
  };
}
