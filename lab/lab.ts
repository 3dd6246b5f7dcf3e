/** A running lab as checks see it: what a node really has, sockets inside it, and ways to change it. */
import type { NodeSockets } from './sockets.js';
import type { NodeState } from './state.js';

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
  /** STP state of a bridge port. */
  readonly portState?: 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';
}

export interface ObservedRoute {
  readonly destination: string;
  readonly via?: string;
  readonly link?: string;
  readonly source?: string;
  readonly metric?: number;
  readonly kind: string;
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
  readonly neighbours: readonly ObservedNeighbour[];
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

export interface LabNode {
  readonly state: NodeState;
  readonly sockets: NodeSockets;
  observe(): ObservedNode;
  /** Reads a file as a process in the node would: /proc/sys/net and /proc/net are the node's own. */
  readFile(path: string): string;
  /** `net.ipv4.ip_forward`; undefined when the kernel has no such sysctl. */
  sysctl(name: string): string | undefined;
  /** The nftables ruleset as the kernel has it now, without counters; empty when there is none. */
  ruleset(): Promise<string>;
  setLink(link: string, change: { readonly up?: boolean; readonly mtuBytes?: number }): void;
  /** Deletes learned neighbour entries of these addresses (all learned ones when absent); those already gone are no error. */
  forgetNeighbours(addresses?: readonly string[]): void;
  /** Forgets what probes made the kernel learn: route exceptions, TCP metrics, FDB entries of bridges. */
  forgetPaths(): void;
}

export interface Lab {
  readonly nodes: ReadonlyMap<string, LabNode>;
  /** @throws LabError when there is no such node */
  node(name: string): LabNode;
  /**
   * Adds to the lab: nodes that do not exist are made; of a node that exists only what is new in the given state is added.
   * @throws NetlinkError naming node, object and the kernel's words
   */
  apply(states: readonly NodeState[]): Promise<void>;
  /** Destroys nodes with everything in them; the far ends of their cables go too. */
  remove(names: readonly string[]): Promise<void>;
  /** Processes in the sandbox other than netlab's own. */
  processes(): readonly ObservedProcess[];
  listeners(): readonly ObservedListener[];
  /** The neighbour table is the whole machine's: a window of it, see facts in machine/neighbour-table.ts. */
  readonly neighbourTable: NeighbourTable;
  /** Runs alone on the machine among all labs: for throughput and outage. */
  exclusively<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface NeighbourTable {
  /** Entries of the machine's table (gc_thresh3), per family. */
  readonly limit: number;
  /**
   * Runs `work` while no other lab on this machine fills the table.
   * @param need entries that the work will make live at one time, per family; at most {@link NeighbourTable.windowEntries}
   * @returns the work's result, and whether the table overflowed meanwhile
   */
  window<T>(work: () => Promise<T>, signal: AbortSignal): Promise<{ readonly value: T; readonly overflowed: boolean }>;
  /** How many entries one window may make live. */
  readonly windowEntries: number;
}
