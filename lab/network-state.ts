/** The part of a node's state that its kernel has: links, routes, rules, neighbours, forwarding entries. */

/** The end of a cable: an interface of a node. */
export interface LinkEnd {
  readonly node: string;
  readonly link: string;
}

/** Options of a bridge port (IFLA_BRPORT_*, linux/if_link.h); what is absent keeps the kernel's default. */
export interface BridgePortOptions {
  /** Sends a frame back out of the port that it came in by; off by default. */
  readonly hairpin?: boolean;
  /** Learns the source addresses of frames that come in; on by default. */
  readonly learning?: boolean;
  /** Answers ARP and ND from the bridge's own neighbour table instead of flooding them to this port; off by default. */
  readonly neighSuppress?: boolean;
  /** Exchanges no frames with other isolated ports; off by default. */
  readonly isolated?: boolean;
}

interface LinkCommon {
  /** Interface name inside its node, at most 15 bytes (IFNAMSIZ - 1, linux/if.h). */
  readonly name: string;
  /** Link MTU in bytes; the kernel's default for the kind when absent. */
  readonly mtuBytes?: number;
  /** Ethernet address, lower case with colons; the kernel picks one when absent. */
  readonly mac?: string;
  /** Name of the bridge in the same node that this link is a port of. */
  readonly master?: string;
  /** How it behaves as a port of that bridge; the kernel's defaults when absent. */
  readonly bridgePort?: BridgePortOptions;
  /** Administrative state; up when absent. */
  readonly up?: boolean;
  /** Interface addresses with prefix length, IPv4 and IPv6: `10.1.0.1/16`. */
  readonly addresses: readonly string[];
}

/** One end of a virtual cable. Both ends are declared, each in its own node, and name each other. */
export interface VethLink extends LinkCommon {
  readonly kind: 'veth';
  readonly peer: LinkEnd;
}

/** A Linux bridge; its ports are the links that name it as master. */
export interface BridgeLink extends LinkCommon {
  readonly kind: 'bridge';
  readonly stp: boolean;
  /** STP forward delay in seconds; 0 is allowed only without STP. */
  readonly forwardDelaySeconds: number;
}

/** A VXLAN device (RFC 7348). */
export interface VxlanLink extends LinkCommon {
  readonly kind: 'vxlan';
  /** VXLAN network identifier, 0 to 2^24 - 1. */
  readonly vni: number;
  /** UDP destination port; IANA's is 4789. */
  readonly port: number;
  /** Underlay address that this VTEP sends from, IPv4 or IPv6; of the same family as `remote` and the FDB's destinations. */
  readonly local?: string;
  /** Remote VTEP, or multicast group, of the default forwarding entry, IPv4 or IPv6. */
  readonly remote?: string;
  /** Underlay interface; required with a multicast group. */
  readonly parent?: string;
  /** Learns from received frames which VTEP has which address; true when absent, as in the kernel. */
  readonly learning?: boolean;
}

/** A macvlan child of another interface. */
export interface MacvlanLink extends LinkCommon {
  readonly kind: 'macvlan';
  readonly parent: string;
  /** Node that has the parent, as a host has the one of its containers; this node when absent. */
  readonly parentNode?: string;
  readonly mode: 'private' | 'vepa' | 'bridge' | 'passthru';
}

/** A persistent tun or tap device. */
export interface TunLink extends LinkCommon {
  readonly kind: 'tun';
  readonly mode: 'tun' | 'tap';
}

/** An interface that a service of the same node makes; what is said here is applied once it is there. */
export interface DaemonLink extends LinkCommon {
  readonly kind: 'daemon';
  /** Name of the service. */
  readonly service: string;
  /** Where frames come out that go in here, as far as they leave by a tunnel of the daemon's own: for those who look at the plan. */
  readonly peers?: readonly LinkEnd[];
}

export type LinkState = VethLink | BridgeLink | VxlanLink | MacvlanLink | TunLink | DaemonLink;

/** Where a route leads; several of them share the flows. */
export interface NextHop {
  readonly via: string;
  readonly link?: string;
  /** `via` is reachable on `link` although no prefix of the link holds it; needs `link`. */
  readonly onLink?: true;
}

/** A route of the main table unless `table` says otherwise. */
export interface RouteState {
  /** Prefix, or `default` with the family taken from `via` or the first next hop. */
  readonly destination: string;
  readonly via?: string;
  readonly link?: string;
  /** See {@link NextHop.onLink}. */
  readonly onLink?: true;
  /** Equal-cost next hops, two or more (ECMP); instead of `via`, `link` and `onLink`. */
  readonly nextHops?: readonly NextHop[];
  /** Preferred source address. */
  readonly source?: string;
  readonly metric?: number;
  /** MTU of this route in bytes (RTAX_MTU); that of its link when absent. */
  readonly mtuBytes?: number;
  readonly table?: number;
  readonly kind?: 'unicast' | 'blackhole' | 'unreachable';
}

/** A policy routing rule. */
export interface RuleState {
  readonly family: 'ipv4' | 'ipv6';
  readonly from?: string;
  readonly to?: string;
  readonly table: number;
  readonly priority: number;
}

/** A permanent neighbour (ARP or ND) entry. */
export interface NeighbourState {
  readonly address: string;
  readonly mac: string;
  readonly link: string;
}

/**
 * A static forwarding entry of a bridge port or a VXLAN device. A VXLAN device may have several of the all-zeros address,
 * each with another destination: it sends one copy of what it floods to each.
 */
export interface FdbState {
  readonly link: string;
  /** `00:00:00:00:00:00` for whatever has no entry of its own, broadcast and multicast; VXLAN devices only. */
  readonly mac: string;
  /** Remote VTEP address, for a VXLAN device. */
  readonly destination?: string;
}
