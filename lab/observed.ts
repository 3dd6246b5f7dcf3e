/** What the kernel has in the nodes of a running lab. */
import type { BridgePortOptions } from './state.js';

/** A link as the kernel reports it. */
export interface ObservedLink {
  readonly name: string;
  readonly index: number;
  /** rtnetlink kind: `veth`, `bridge`, `vxlan`, ...; empty for a physical device or lo. */
  readonly kind: string;
  readonly mac: string;
  readonly mtuBytes: number;
  readonly up: boolean;
  /** Has a carrier: the other end is up too. */
  readonly running: boolean;
  /** Name of the bridge that it is a port of. */
  readonly master?: string;
  readonly addresses: readonly string[];
  readonly rxPackets: number;
  readonly txPackets: number;
  /** Kind of its root queueing discipline, as `tc` names it: `noqueue`, `tbf`, ...; empty when the kernel does not say. */
  readonly queueing: string;
  /** STP state of a bridge port. */
  readonly portState?: 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';
  /** Options of a bridge port, as many as this kernel has. */
  readonly bridgePort?: BridgePortOptions;
  /** Of a VXLAN device. */
  readonly vxlan?: ObservedVxlan;
}

export interface ObservedVxlan {
  /** VXLAN network identifier. */
  readonly vni: number;
  /** UDP destination port. */
  readonly port: number;
  readonly local?: string;
  readonly remote?: string;
  readonly learning: boolean;
  /** Underlay interface. */
  readonly parent?: string;
}

export interface ObservedNextHop {
  readonly via?: string;
  readonly link?: string;
  readonly onLink?: true;
}

export interface ObservedRoute extends ObservedNextHop {
  /** Prefix, or `default`. */
  readonly destination: string;
  /** Equal-cost next hops, two or more; then `via`, `link` and `onLink` are absent. */
  readonly nextHops?: readonly ObservedNextHop[];
  readonly source?: string;
  readonly metric?: number;
  /** MTU of this route in bytes, where it has one of its own. */
  readonly mtuBytes?: number;
  readonly kind: string;
  /** Who made it, in the words of ip-route(8): `static`, as netlab's are; `boot` by ip(8); `bird`, `dhcp`, `ra`, ... */
  readonly protocol: string;
  /** Number of its table; absent for the main one. */
  readonly table?: number;
}

/** A policy routing rule. */
export interface ObservedRule {
  readonly family: 'ipv4' | 'ipv6';
  readonly priority: number;
  readonly from?: string;
  readonly to?: string;
  readonly table: number;
  /** `lookup`, `blackhole`, ... */
  readonly action: string;
  /** Further conditions, in the words of ip-rule(8): `iif eth0`, `fwmark 0x1/0xff`. */
  readonly conditions: readonly string[];
  /** As {@link ObservedRoute.protocol}; the rules of a fresh namespace (0, 32766, 32767) are `kernel`. */
  readonly protocol: string;
}

/** An entry of a bridge or a VXLAN device. */
export interface ObservedFdbEntry {
  readonly link: string;
  readonly mac: string;
  /** Remote VTEP address, of a VXLAN device's entry. */
  readonly destination?: string;
  /**
   * `static`: somebody set it. `learned` from a frame: it ages. `external`: a control plane set it. `local`: frames to it
   * are for this node itself, as for the ports' own addresses.
   */
  readonly origin: 'static' | 'learned' | 'external' | 'local';
}

export interface ObservedNeighbour {
  readonly address: string;
  readonly link: string;
  readonly mac?: string;
  readonly permanent: boolean;
}

/** What the kernel has in a node's namespace now. */
export interface ObservedNode {
  readonly name: string;
  readonly links: readonly ObservedLink[];
  /** Main table, without what the kernel adds by itself (local, multicast, link-local). */
  readonly routes: readonly ObservedRoute[];
  /** The same of all other tables: only packets that a policy rule sends there follow them. */
  readonly otherRoutes: readonly ObservedRoute[];
  readonly neighbours: readonly ObservedNeighbour[];
  /** Entries of bridges (whatever the VLAN) and VXLAN devices; no link's mere address filter. */
  readonly fdb: readonly ObservedFdbEntry[];
  readonly rules: readonly ObservedRule[];
}

export interface ObservedProcess {
  readonly pid: number;
  readonly command: string;
  /** Node whose network namespace it lives in; absent when in none of the lab's nodes. */
  readonly node?: string;
}

/** A listening socket that is not netlab's own. */
export interface ObservedListener {
  readonly node: string;
  /** `tcp/80`, `udp/4789`, `raw/1` */
  readonly socket: string;
}
