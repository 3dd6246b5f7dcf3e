/** What belongs to a kind of link: the options of a VXLAN device, and of a port of a bridge (linux/if_link.h). */
import type { BridgePortOptions } from '../../state.js';
import { formatAddress } from '../address.js';
import * as c from './constants.js';
import { type Attributes, type BodyWriter, decodeAttributes } from './message.js';

/** BR_STATE_* of linux/if_bridge.h, in order. */
const PORT_STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] as const;
const PORT_OPTIONS = {
  hairpin: c.IFLA_BRPORT_MODE,
  learning: c.IFLA_BRPORT_LEARNING,
  neighSuppress: c.IFLA_BRPORT_NEIGH_SUPPRESS,
  isolated: c.IFLA_BRPORT_ISOLATED,
} as const satisfies Record<keyof BridgePortOptions, number>;

export function writePortOptions(body: BodyWriter, options: BridgePortOptions): void {
  for (const name of Object.keys(PORT_OPTIONS) as Array<keyof BridgePortOptions>) {
    if (options[name] !== undefined) body.u8(PORT_OPTIONS[name], options[name] ? 1 : 0);
  }
}

/** A link's part in its bridge. */
export interface DumpedPort {
  /** STP state. */
  readonly portState?: (typeof PORT_STATES)[number];
  readonly bridgePort?: BridgePortOptions;
}

/** @param info what IFLA_LINKINFO holds */
export function decodePort(info: Attributes): DumpedPort {
  const data = info.get(c.IFLA_INFO_SLAVE_DATA);
  if (data === undefined) return {};
  const attributes = decodeAttributes(data);
  const portState = PORT_STATES[attributes.get(c.IFLA_BRPORT_STATE)?.readUInt8(0) ?? -1];
  if (portState === undefined) return {};
  const options = Object.entries(PORT_OPTIONS).flatMap(([name, type]) => {
    const value = attributes.get(type);
    return value === undefined ? [] : [[name, value.readUInt8(0) !== 0] as const];
  });
  return { portState, bridgePort: Object.fromEntries(options) };
}

/** The options of a VXLAN device, with the index of its underlay interface not yet turned into a name. */
export interface DumpedVxlan {
  readonly vni: number;
  readonly port: number;
  readonly local?: string;
  readonly remote?: string;
  readonly learning: boolean;
  readonly parentIndex?: number;
}

/** @param info what IFLA_LINKINFO holds, of a link of the kind `vxlan` */
export function decodeVxlan(info: Attributes): DumpedVxlan {
  const data = decodeAttributes(info.get(c.IFLA_INFO_DATA) ?? Buffer.alloc(0));
  const local = data.get(c.IFLA_VXLAN_LOCAL) ?? data.get(c.IFLA_VXLAN_LOCAL6);
  const remote = data.get(c.IFLA_VXLAN_GROUP) ?? data.get(c.IFLA_VXLAN_GROUP6);
  const parentIndex = data.get(c.IFLA_VXLAN_LINK)?.readUInt32LE(0) ?? 0;
  return {
    vni: data.get(c.IFLA_VXLAN_ID)?.readUInt32LE(0) ?? 0,
    port: data.get(c.IFLA_VXLAN_PORT)?.readUInt16BE(0) ?? 0,
    ...(local === undefined ? {} : { local: formatAddress(local) }),
    ...(remote === undefined ? {} : { remote: formatAddress(remote) }),
    learning: data.get(c.IFLA_VXLAN_LEARNING)?.readUInt8(0) !== 0,
    ...(parentIndex === 0 ? {} : { parentIndex }),
  };
}
