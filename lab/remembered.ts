/** What of a node the kernel may take away when a link changes, as it was at some moment: to be put back. */

/** An address, a route or a neighbour. */
export interface RememberedEntry {
  readonly kind: 'address' | 'route' | 'neighbour';
  /** As ip(8) writes it: `route default via 10.1.0.1 on eth0`. */
  readonly words: string;
  /** Interface that it is about; empty where it is about none, or several. */
  readonly link: string;
  readonly family: 'ipv4' | 'ipv6';
  /**
   * Who is to put it back: netlab; the kernel by itself, when a router advertises once more; or whoever keeps a lease,
   * because it ends with the lease.
   */
  readonly owner: 'anybody' | 'router' | 'lease';
  /** The rtnetlink message in which the kernel told it. */
  readonly body: Uint8Array;
}

export interface RememberedLink {
  readonly name: string;
  readonly index: number;
  readonly kind: string;
  readonly mac: string;
  readonly mtuBytes: number;
}

/** Of an interface in a multicast group of IPv6. */
export interface Membership {
  readonly link: string;
  /** `ff02::6a` */
  readonly group: string;
}

export interface Remembered {
  /** Milliseconds of the node's own monotonic clock. */
  readonly atMs: number;
  readonly links: readonly RememberedLink[];
  readonly entries: readonly RememberedEntry[];
  /** Of single interfaces, by name: `net.ipv6.conf.br0.accept_ra`. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly groups: readonly Membership[];
}

/** What of it is not there now. */
export interface Missing {
  readonly node: string;
  /** `route default via 10.1.0.1 on eth0` */
  readonly what: string;
  /** What is there instead: `it is 1300`. */
  readonly instead?: string;
  /** Who else may still give it back: a router, whoever keeps a lease, a switch's daemon. Absent where nobody may. */
  readonly giver?: 'router' | 'lease' | 'switch';
  /** Of an address, a route or a neighbour. */
  readonly family?: 'ipv4' | 'ipv6';
}

/** What is not to be put back now. */
export interface RestoreLimits {
  /** MTUs in bytes that other faults have given links. */
  readonly mtus: Readonly<Record<string, number>>;
  /** Interfaces and families that a client gets a lease for once more: what ends with the lease is left to it. */
  readonly leased: ReadonlyArray<{ readonly link: string; readonly family: 'ipv4' | 'ipv6' }>;
}
