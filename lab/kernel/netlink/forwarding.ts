/** Forwarding entries of bridges and VXLAN devices (RTM_*NEIGH of AF_BRIDGE, linux/neighbour.h). */
import type { FdbState } from '../../state.js';
import { AF_BRIDGE, formatAddress, formatMac, packAddress, packMac } from '../address.js';
import * as c from './constants.js';
import { BodyWriter, decodeAttributes, type Message, type Request } from './message.js';
import { neighbourHeader } from './network.js';

/**
 * A static entry. A VXLAN device keeps it itself and may have several per address; for a bridge port the bridge keeps it,
 * and one that it has learned becomes this one.
 */
export function addFdbEntry(index: number, entry: FdbState): Request {
  const remote = entry.destination === undefined ? undefined : packAddress(entry.destination).bytes;
  // To a bridge, PERMANENT means: for this host itself, forwarded to no port (fdb_add_entry, net/bridge/br_fdb.c).
  const [state, flags] = remote === undefined ? [c.NUD_NOARP, c.NTF_MASTER] : [c.NUD_PERMANENT, c.NTF_SELF];
  const body = new BodyWriter().fixed(neighbourHeader(AF_BRIDGE, index, state, flags));
  body.bytes(c.NDA_LLADDR, packMac(entry.mac));
  if (remote !== undefined) body.bytes(c.NDA_DST, remote);
  return {
    type: c.RTM_NEWNEIGH,
    flags: c.NLM_F_CREATE | (remote === undefined ? c.NLM_F_REPLACE : c.NLM_F_APPEND),
    body: body.finish(),
    object: `forwarding entry ${entry.mac} on ${entry.link}`,
  };
}

/** Stands for whatever has no entry of its own, broadcast and multicast; VXLAN devices only. */
export const anyMac = '00:00:00:00:00:00';

/** An entry of a VXLAN device that a control plane keeps: the kernel lets it neither age nor be relearned. */
export function externalEntry(
  { index, name }: { readonly index: number; readonly name: string },
  { mac, destination }: { readonly mac: string; readonly destination: string },
  change: 'add' | 'delete',
): Request {
  const body = new BodyWriter().fixed(
    neighbourHeader(AF_BRIDGE, index, c.NUD_PERMANENT, c.NTF_SELF | c.NTF_EXT_LEARNED),
  );
  body.bytes(c.NDA_LLADDR, packMac(mac)).bytes(c.NDA_DST, packAddress(destination).bytes);
  const isAdded = change === 'add';
  // Of one address there is one entry; of all others as many as there are destinations.
  const flags = c.NLM_F_CREATE | (mac === anyMac ? c.NLM_F_APPEND : c.NLM_F_REPLACE);
  return {
    type: isAdded ? c.RTM_NEWNEIGH : c.RTM_DELNEIGH,
    flags: isAdded ? flags : 0,
    body: body.finish(),
    object: `forwarding entry ${mac} to ${destination} on ${name}`,
  };
}

/** Asks for the entries of all links. */
export const forwardingDump = neighbourHeader(AF_BRIDGE, 0, 0);

/**
 * Where an entry is from: `static`, somebody set it; `learned` from a frame, so that it ages; `external`, a control plane
 * set it (NTF_EXT_LEARNED); `local`, frames to it are for this host itself.
 */
export type FdbOrigin = 'static' | 'learned' | 'external' | 'local';

export interface DumpedFdbEntry {
  readonly index: number;
  readonly mac: string;
  /** Remote VTEP address, of a VXLAN device's entry. */
  readonly destination?: string;
  readonly origin: FdbOrigin;
  /** Kept by no bridge and no VXLAN device, but the addresses and multicast groups that a link itself listens to. */
  readonly isAddressFilter: boolean;
}

/** Decodes an RTM_NEWNEIGH message of AF_BRIDGE. */
export function decodeFdbEntry({ body }: Message): DumpedFdbEntry {
  const attributes = decodeAttributes(body, 12);
  const destination = attributes.get(c.NDA_DST);
  const isBridges = attributes.has(c.NDA_MASTER);
  return {
    index: body.readInt32LE(4),
    mac: formatMac(attributes.get(c.NDA_LLADDR) ?? Buffer.alloc(6)),
    ...(destination === undefined ? {} : { destination: formatAddress(destination) }),
    origin: originOf(body.readUInt16LE(8), body.readUInt8(10), isBridges),
    isAddressFilter: !isBridges && destination === undefined,
  };
}

function originOf(state: number, flags: number, isBridges: boolean): FdbOrigin {
  if ((flags & c.NTF_EXT_LEARNED) !== 0) return 'external';
  if ((state & (c.NUD_PERMANENT | c.NUD_NOARP)) === 0) return 'learned';
  return isBridges && (state & c.NUD_PERMANENT) !== 0 ? 'local' : 'static';
}

/**
 * Turns a dumped entry that a VXLAN device has learned into the request that deletes it.
 * @returns undefined for every other entry: a bridge forgets all of its own at once, see flushBridgeFdb
 */
export function forgetLearnedVtep({ body }: Message): Request | undefined {
  const attributes = decodeAttributes(body, 12);
  const [mac, remote] = [attributes.get(c.NDA_LLADDR), attributes.get(c.NDA_DST)];
  if (mac === undefined || remote === undefined) return undefined;
  if (originOf(body.readUInt16LE(8), body.readUInt8(10), false) !== 'learned') return undefined;
  const request = new BodyWriter().fixed(neighbourHeader(AF_BRIDGE, body.readInt32LE(4), 0, c.NTF_SELF));
  request.bytes(c.NDA_LLADDR, mac).bytes(c.NDA_DST, remote);
  return { type: c.RTM_DELNEIGH, flags: 0, body: request.finish(), object: 'learned forwarding entry' };
}
